using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The residual blocks of a graph, found from its structure and not by names, so they are found in any network.</summary>
/// <param name="Units">The blocks, in graph order.</param>
/// <param name="Refusals">Sums that are not residual blocks, with the reason: for example the branches of RepVGG and diverse branch blocks, which fold into one convolution.</param>
internal sealed record ResidualUnits(ImmutableArray<ResidualUnit> Units, ImmutableArray<Refusal> Refusals)
{
    private const int Named = 8; // blocks that a message lists

    /// <summary>Finds the residual blocks of a graph.</summary>
    public static ResidualUnits Find(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var reader = new ResidualUnitReader(graph);
        var units = new List<ResidualUnit>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        foreach (Node join in graph.Nodes.Where(node => node.Op is Add or StochasticDepth))
        {
            if (reader.Read(join, out string reason) is ResidualUnit unit)
            {
                units.Add(unit);
            }
            else
            {
                refusals.Add(new Refusal(join.Name, reason));
            }
        }

        return new ResidualUnits([.. units.Select(unit => unit with { Scope = ScopeOf(unit, units) })], refusals.ToImmutable());
    }

    /// <summary>The blocks that match any of the patterns, in graph order; all blocks if there is no pattern.</summary>
    /// <param name="patterns">Names or scopes: <c>layer2.0</c>, <c>layer3</c>, <c>layer*.1</c>.</param>
    /// <exception cref="GraphException">A pattern matches no block, or there are no blocks; the message lists the blocks, or gives the reason why a sum does not end one.</exception>
    public IReadOnlyList<ResidualUnit> Matching(ValueList<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            if (!Units.Any(unit => unit.Matches(pattern)))
            {
                GraphException.Throw(pattern, WhyNone(pattern));
            }
        }

        if (Units.IsEmpty)
        {
            GraphException.Throw("graph", Refusals.IsEmpty ? "has no residual blocks: it has no additions" : $"has no residual blocks: '{Refusals[0].Node}' {Refusals[0].Reason}");
        }

        return [.. Units.Where(unit => patterns.Count == 0 || patterns.Any(unit.Matches))];
    }

    private string WhyNone(string pattern)
    {
        Refusal[] near = [.. Refusals.Where(refusal => ScopePattern.Matches(pattern, refusal.Node))];
        string others = Units.IsEmpty ? "there are none in this network"
            : $"there are {string.Join(", ", Units.Take(Named).Select(unit => unit.Scope))}{(Units.Length > Named ? $" and {Units.Length - Named} more" : "")}";
        return near.Length > 0 ? $"is not a residual block: '{near[0].Node}' {near[0].Reason}" : $"no residual block of this name; {others}";
    }

    private static string ScopeOf(ResidualUnit unit, List<ResidualUnit> all)
    {
        string scope = ScopeName.Parent(unit.Join.Name);
        return scope.Length == 0 || all.Count(other => ScopeName.Parent(other.Join.Name) == scope) > 1 ? unit.Join.Name : scope;
    }
}
