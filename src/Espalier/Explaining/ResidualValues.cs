using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The two values that are added at the end of a residual block.</summary>
/// <param name="Unit">The block.</param>
/// <param name="Shortcut">The node whose output is the shortcut.</param>
/// <param name="Branch">The node whose output is the branch.</param>
/// <param name="Factor">What the branch is multiplied by at inference.</param>
internal sealed record ResidualValues(ResidualUnit Unit, string Shortcut, string Branch, double Factor)
{
    /// <summary>The residual blocks of a graph, as pruning of blocks finds them, and why other sums are none. Points where values are rounded to 8 bits are ignored in the search.</summary>
    internal static (IReadOnlyList<ResidualValues> Blocks, IReadOnlyList<Refusal> Others) Find(Graph graph)
    {
        ResidualUnits units = ResidualUnits.Find(WithoutRounding(graph));
        return ([.. units.Units.Select(unit => Of(graph, unit))], units.Refusals);
    }

    private static ResidualValues Of(Graph graph, ResidualUnit unit)
    {
        ValueList<string> added = graph[unit.Join.Name].Inputs;
        int shortcut = Source(graph, added[0]) == unit.Shortcut ? 0 : 1;
        double factor = unit.Join.Op is StochasticDepth depth ? depth.InferenceFactors.Branch : 1;
        return new ResidualValues(unit, added[shortcut], added[1 - shortcut], factor);
    }

    private static Graph WithoutRounding(Graph graph) => new(
        graph.Nodes.Where(node => node.Op is not Quantize).Select(node => node with { Inputs = ValueList.From(node.Inputs.Select(input => Source(graph, input))) }),
        ValueList.From(graph.Outputs.Select(output => Source(graph, output)).Distinct()));

    /// <summary>The value before rounding.</summary>
    private static string Source(Graph graph, string name)
    {
        while (graph[name] is { Op: Quantize } rounding)
        {
            name = rounding.Inputs[0];
        }

        return name;
    }
}
