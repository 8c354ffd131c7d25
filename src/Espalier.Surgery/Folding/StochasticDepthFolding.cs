using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Replaces stochastic depth by additions, as at inference, and multiplies its factors into weights (Huang 2016, §3, "testing").</summary>
/// <remarks>Run it after <see cref="LinearFolding"/>, which leaves a convolution at the end of most branches. If a factor cannot be multiplied into weights, the op remains, and executors compute it.</remarks>
/// <param name="quantized">
/// Whether factors are multiplied into quantized weights too. Sums that were computed in floating point are then computed in integers, with other roundings: <c>espalier fold</c> does it, and no runtime on its own.
/// </param>
internal sealed class StochasticDepthFolding(bool quantized = false) : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold stochastic depth";

    /// <inheritdoc/>
    public override string Action => "fold";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        var factors = new Dictionary<string, double>(StringComparer.Ordinal); // a layer within several modules is scaled by the factors of all of them
        foreach (Node node in model.Graph.Nodes.Where(node => node.Op is StochasticDepth))
        {
            (double shortcut, double branch) = ((StochasticDepth)node.Op).InferenceFactors;
            var places = new List<(Node Layer, double Factor)>();
            if (shortcut == 0 && model.Graph.Outputs.Contains(node.Name) && model.Graph.Outputs.Contains(node.Inputs[1]))
            {
                refusals.Add(new Refusal(node.Name, $"is its branch '{node.Inputs[1]}', and both are outputs of the network"));
            }
            else if (shortcut == 0)
            {
                patches.Add(new Patch($"{node.Name} is its branch").Redirect(node.Name, node.Inputs[1]));
            }
            else if ((WhyNot(model.Graph, node.Inputs[0], shortcut, places) ?? WhyNot(model.Graph, node.Inputs[1], branch, places)) is string reason)
            {
                refusals.Add(new Refusal(node.Name, reason));
            }
            else
            {
                places.ForEach(place => factors[place.Layer.Name] = factors.GetValueOrDefault(place.Layer.Name, 1) * place.Factor);
                patches.Add(new Patch($"{node.Name} is a sum").Put(new Node(node.Name, new Add(), node.Inputs)));
            }
        }

        return new PassPlan([.. factors.Select(factor => Scale(model, factor.Key, factor.Value)), .. patches], refusals.ToImmutable());
    }

    private string? WhyNot(Graph graph, string input, double factor, List<(Node Layer, double Factor)> places)
    {
        var layers = new List<Node>();
        string? reason = factor == 1 ? null : FactorAbsorption.Find(graph, input, layers, op => OutputAffine.CanAbsorb(op) || (quantized && QuantizedLayer.Is(op)));
        places.AddRange(layers.Select(layer => (layer, factor)));
        return reason is null ? null : $"its factor {factor:R} {reason}";
    }

    private static Patch Scale(Model model, string layer, double factor)
    {
        (Node node, ChannelAffine affine, string reason) = (model.Graph[layer], ChannelAffine.Uniform(model.Graph.ShapeOf(layer)[0], factor), $"factor {factor:R} into {layer}");
        return QuantizedLayer.Is(node.Op) ? QuantizedAffine.Absorb(model, node, affine, reason) : OutputAffine.Absorb(model, node, affine, reason);
    }
}
