using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>
/// Equalizes the channels between neighbouring layers before quantization (Nagel 2019, "Data-free quantization through weight equalization and bias correction", §4.1): what the first layer computes for a channel is
/// divided by a positive factor, and the second layer's weights for the channel are multiplied by it.
/// </summary>
/// <remarks>
/// Exact over the reals. Pairs are convolutions and linear layers, depthwise ones too, with only activations between them that let a positive factor pass (ReLU, leaky ReLU), pools and flattening, none of which anything else reads; a
/// layer of two pairs makes them a triple, and all pairs are equalized in turn until no factor changes.
/// ReLU6 and other limits from 0 on do not let factors pass: such a pair is left alone, unless samples showed that the limit acts on none of their values; then ReLU takes its place.
/// <para>
/// With r1 the magnitude of the first layer's weights for the channel and r2 that of the second's, the factor is √(r1/r2), which makes both equal (the paper's equation 11). With magnitudes that samples showed, r, it
/// is r^¾/r2^¼, since here weights have a scale for each output channel, and only the channels of a rounded value share one; where the second layer is depthwise, whose weights then lose nothing, it is r itself.
/// </para>
/// </remarks>
public sealed class CrossLayerEqualization : Pass
{
    private const int Sweeps = 40;
    private const double Converged = 1e-3;
    private const double OfValues = 0.75; // the exponent of measured magnitudes: rounded values lose more than weights, by 12 dB and more in a MobileNet v1
    private readonly IReadOnlyDictionary<string, float[]>? _measured;
    private readonly bool _fromWeights;

    /// <summary>Creates the pass; it uses weights alone.</summary>
    public CrossLayerEqualization() => _fromWeights = true;

    /// <summary>Creates the pass with what samples showed.</summary>
    /// <param name="measured">For activations and layers by name, the greatest magnitude of each channel.</param>
    /// <param name="fromWeights">Whether factors are from weights alone, and samples only tell which limits act.</param>
    internal CrossLayerEqualization(IReadOnlyDictionary<string, float[]> measured, bool fromWeights) => (_measured, _fromWeights) = (measured, fromWeights);

    /// <inheritdoc/>
    public override string Name => "equalize layers";

    /// <inheritdoc/>
    public override string Action => "equalize";

    /// <summary><see cref="Promise.Rounding"/>; <see cref="Promise.Lossy"/> where ReLU may take the place of limits that samples do not reach.</summary>
    public override Promise Promise => _measured is null ? Promise.Rounding : Promise.Lossy;

    /// <inheritdoc/>
    /// <remarks>The plan has a patch for each layer or activation that changes and a refusal for each layer whose successor cannot be equalized with it.</remarks>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (IReadOnlyList<EqualizationPair> pairs, IReadOnlyList<Refusal> refusals) = EqualizationPair.Find(model.Graph, Acts);
        var layers = new Dictionary<string, LayerFactors>(StringComparer.Ordinal);
        foreach (Node node in pairs.SelectMany(pair => new[] { pair.First, pair.Second }).Distinct())
        {
            layers.Add(node.Name, new(model, node));
        }

        double[][] factors = [.. pairs.Select(pair => Ones(layers[pair.First.Name].Outputs))];
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double change = 0;
            for (int i = 0; i < pairs.Count; i++)
            {
                change = Math.Max(change, Equalize(pairs[i], layers, factors[i]));
            }

            if (change < Converged)
            {
                break;
            }
        }

        IEnumerable<Patch> relus = pairs.SelectMany(pair => pair.Between).Where(node => node.Op is ActivationOp { Activation.IsHomogeneous: false })
            .Select(node => new Patch($"{node.Name} limits no sample's values").Put(node with { Op = new Relu() }));
        return new PassPlan([.. layers.Values.Where(layer => layer.IsChanged).Select(layer => layer.ToPatch()), .. relus], [.. refusals]);
    }

    private bool Acts(Node activation) => _measured is null || !_measured.TryGetValue(activation.Name, out float[]? found)
        || found.Max() >= ((ActivationOp)activation.Op).Activation.Limits!.Value.High;

    // The greatest relative change of a factor.
    private double Equalize(EqualizationPair pair, Dictionary<string, LayerFactors> layers, double[] factors)
    {
        (LayerFactors first, LayerFactors second) = (layers[pair.First.Name], layers[pair.Second.Name]);
        double[] own = first.OutputMagnitudes(), next = second.InputMagnitudes(pair, first.Outputs);
        bool isMeasured = !_fromWeights && _measured is not null;
        if (isMeasured)
        {
            own = [.. Magnitudes(pair).Select((magnitude, i) => magnitude / factors[i])];
        }

        double change = 0;
        var step = Ones(own.Length);
        for (int i = 0; i < step.Length; i++)
        {
            step[i] = own[i] == 0 || next[i] == 0 ? 1 : isMeasured && pair.Second.Op is Conv2d { IsDepthwise: true } ? own[i]
                : isMeasured ? Math.Pow(own[i], OfValues) / Math.Pow(next[i], 1 - OfValues)
                : Math.Sqrt(own[i] / next[i]);
            step[i] = Math.Clamp(step[i] * factors[i], 1e-4, 1e4) / factors[i];
            factors[i] *= step[i];
            change = Math.Max(change, Math.Abs(step[i] - 1));
        }

        first.Divide(step);
        second.Multiply(pair, step);
        return change;
    }

    // Of the values between the layers that are rounded: a limiting activation is rounded together with what it limits.
    private IEnumerable<double> Magnitudes(EqualizationPair pair)
    {
        var rounded = new List<string> { pair.First.Name };
        foreach (Node node in pair.Between.Where(node => node.Op is ActivationOp))
        {
            rounded.RemoveAll(_ => ((ActivationOp)node.Op).Activation.Limits is not null);
            rounded.Add(node.Name);
        }

        return _measured![rounded[0]].Select((_, channel) => (double)rounded.Max(name => _measured[name][channel]));
    }

    private static double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];

    /// <summary>A layer and the factors of its weights.</summary>
    private sealed class LayerFactors(Model model, Node layer)
    {
        private readonly double[] _weight = [.. model.Value(layer, "weight").To(ElementType.Float32).Read<float>().ToArray().Select(value => (double)value)];
        private readonly double[] _divisors = Ones(layer.Op.Parameters[0].Shape[0]);

        internal int Outputs => _divisors.Length;

        internal bool IsChanged { get; private set; }

        internal double[] OutputMagnitudes()
        {
            var greatest = new double[Outputs];
            int length = _weight.Length / Outputs;
            for (int i = 0; i < _weight.Length; i++)
            {
                greatest[i / length] = Math.Max(greatest[i / length], Math.Abs(_weight[i]));
            }

            return greatest;
        }

        internal double[] InputMagnitudes(EqualizationPair pair, int channels)
        {
            var greatest = new double[channels];
            pair.EachInput(_weight.Length, channels, (i, channel) => greatest[channel] = Math.Max(greatest[channel], Math.Abs(_weight[i])));
            return greatest;
        }

        internal void Divide(double[] step)
        {
            IsChanged = true;
            int length = _weight.Length / Outputs;
            for (int i = 0; i < _weight.Length; i++)
            {
                _weight[i] /= step[i / length];
            }

            for (int i = 0; i < step.Length; i++)
            {
                _divisors[i] *= step[i];
            }
        }

        internal void Multiply(EqualizationPair pair, double[] step)
        {
            IsChanged = true;
            pair.EachInput(_weight.Length, step.Length, (i, channel) => _weight[i] *= step[channel]);
        }

        internal Patch ToPatch()
        {
            string name = layer.Parameter("weight");
            Parameter weight = model.Parameters[name];
            Patch patch = new Patch($"the channels of {layer.Name} are equalized").Set(name, weight.WithMasked(Tensor.From<float>(weight.Value.Shape, [.. _weight.Select(value => (float)value)])));
            if (!layer.Op.Parameters.Any(spec => spec.Role == "bias"))
            {
                return patch;
            }

            Parameter bias = model.Parameters[layer.Parameter("bias")];
            float[] values = bias.Effective.To(ElementType.Float32).Read<float>().ToArray();
            return patch.Set(layer.Parameter("bias"), bias.WithMasked(Tensor.From<float>(bias.Value.Shape, [.. values.Select((value, i) => (float)(value / _divisors[i]))])));
        }
    }
}
