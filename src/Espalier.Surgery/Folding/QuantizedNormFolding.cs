using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Folds batch norms, and factors and shifts of channels, into the layers with quantized weights that they follow, after training: the networks then compute in integers from one rounding to the next.</summary>
/// <remarks>
/// Training is to round what inference rounds, weights multiplied by γ/σ (Jacob 2018, §3.2; Krishnamoorthi 2018, §3.2.2). With a scale for each output channel the integers are the same before and after that: w·f/(s·|f|) is ±w/s. So a network is
/// trained with its norms in place, and the fold multiplies scales by |f|, changes signs where f is negative, and puts shifts into the bias. Only where a bias does not fit into 32 bits together with the sums of products is the scale widened and the channel rounded again.
/// <see cref="InferenceFolding"/> leaves these norms alone, since what they compute is not rounded before them, and after the fold the bias is rounded.
/// </remarks>
public sealed class QuantizedNormFolding : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold norms of quantized layers";

    /// <inheritdoc/>
    public override string Action => "fold";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    /// <exception cref="EspalierException">A scale, a zero point or a weight of a quantized layer is invalid.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        Graph graph = model.Graph;
        var integers = new Lazy<IntegerValues>(() => new IntegerValues(model));
        foreach (Node norm in graph.Nodes.Where(node => node.Op is BatchNorm { RunningStatistics: true } or Affine && QuantizedLayer.Is(graph[node.Inputs[0]].Op)))
        {
            Node layer = graph[norm.Inputs[0]];
            if (WhyNot(graph, layer) is string reason)
            {
                refusals.Add(new Refusal(norm.Name, reason));
            }
            else
            {
                patches.Add(Fold(model, layer, norm, integers.Value.PointOf(layer.Inputs[0])));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }

    private static string? WhyNot(Graph graph, Node layer) =>
        !graph.HasSingleUse(layer.Name) ? $"cannot be folded into '{layer.Name}', which other nodes read"
        : graph.Nodes.Any(node => node.Name != layer.Name && node.Parameters.Any(layer.Parameters.Contains)) ? $"cannot be folded into '{layer.Name}', which shares its weights with another layer"
        : null;

    private static Patch Fold(Model model, Node layer, Node norm, QuantizationPoint? input)
    {
        Op op = layer.Op is Conv2d conv ? conv with { Bias = true } : (Linear)layer.Op with { Bias = true };
        bool hasBias = layer.Op.Parameters.Any(spec => spec.Role == "bias");
        Node folded = layer with
        {
            Op = op,
            Parameters = [.. op.Parameters.Select(spec => spec.Role != "bias" || hasBias ? layer.Parameter(spec.Role) : ScopeName.Join(layer.Name, "bias"))],
        };
        ChannelAffine affine = ChannelAffine.Of(model, norm);
        (sbyte[] weights, float[] scales) = (QuantizedLayer.Integers(model, layer), QuantizedLayer.Scales(model, layer));
        double[] bias = hasBias ? Doubles.Of(model.Value(layer, "bias")) : new double[scales.Length];
        int length = weights.Length / scales.Length;
        for (int channel = 0; channel < scales.Length; channel++)
        {
            double factor = affine.Scale[channel];
            bias[channel] = (bias[channel] * factor) + affine.Shift[channel];
            Span<sbyte> integers = weights.AsSpan(channel * length, length);
            double former = scales[channel] * factor;
            scales[channel] = Widened(Math.Abs(former), bias[channel], integers.Length, input);
            foreach (ref sbyte integer in integers)
            {
                integer = (sbyte)Math.Clamp(Math.Round(integer * (former / scales[channel])), -QuantizedLayer.Greatest, QuantizedLayer.Greatest);
            }
        }

        Parameter weight = model.Parameters[layer.Parameter("weight")];
        return new Patch($"{norm.Name} into {layer.Name}").Put(folded).Redirect(norm.Name, layer.Name)
            .Set(folded.Parameter("weight"), weight with { Value = Tensor.From<sbyte>(weight.Value.Shape, weights) })
            .Set(folded.Parameter("bias"), new Parameter(Doubles.ToFloat(bias, [bias.Length])) { Trainable = weight.Trainable })
            .Set(folded.Parameter(QuantizedLayer.ScaleRole), model.Parameters[layer.Parameter(QuantizedLayer.ScaleRole)] with { Value = Tensor.From<float>([scales.Length], scales) });
    }

    private static float Widened(double scale, double bias, int products, QuantizationPoint? input) =>
        (float)Math.Max(Math.Max(scale, input is QuantizationPoint point ? BiasRoom.LeastScale(bias, point.Scale, products) : 0), QuantizationPoint.LeastScale);
}
