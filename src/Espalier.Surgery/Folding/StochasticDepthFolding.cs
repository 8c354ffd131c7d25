using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Replaces stochastic depth by the plain network it stands for at inference: its factors go into weights (Huang 2016, §3, "testing").</summary>
/// <remarks>Run it after <see cref="LinearFolding"/>, which leaves a convolution at the end of most branches.</remarks>
public sealed class StochasticDepthFolding : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold stochastic depth";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        foreach (Node node in model.Graph.Nodes)
        {
            if (node.Op is not StochasticDepth op)
            {
                continue;
            }

            (double shortcut, double branch) = op.InferenceFactors;
            if (shortcut == 0)
            {
                patches.Add(new Patch($"{node.Name} is its branch").Redirect(node.Name, node.Inputs[1]));
            }
            else if (WhyNot(model.Graph, node.Inputs[0], shortcut) is string first)
            {
                refusals.Add(new Refusal(node.Name, first));
            }
            else if (WhyNot(model.Graph, node.Inputs[1], branch) is string second)
            {
                refusals.Add(new Refusal(node.Name, second));
            }
            else
            {
                patches.AddRange(Scale(model, node.Inputs[0], shortcut));
                patches.AddRange(Scale(model, node.Inputs[1], branch));
                patches.Add(new Patch($"{node.Name} is a sum").Put(new Node(node.Name, new Add(), node.Inputs)));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }

    private static string? WhyNot(Graph graph, string input, double factor) =>
        factor == 1 ? null
        : !OutputAffine.CanAbsorb(graph[input].Op) ? $"its factor {factor:R} has no weights to go into: '{input}' is {graph[input].Op.Kind}"
        : !graph.HasSingleUse(input) ? $"its factor {factor:R} cannot go into '{input}', which other nodes read"
        : null;

    private static IEnumerable<Patch> Scale(Model model, string input, double factor)
    {
        if (factor != 1)
        {
            Node node = model.Graph[input];
            int channels = model.Graph.ShapeOf(input)[0];
            yield return OutputAffine.Absorb(model, node, ChannelAffine.Uniform(channels, factor), $"factor {factor:R} into {input}");
        }
    }
}
