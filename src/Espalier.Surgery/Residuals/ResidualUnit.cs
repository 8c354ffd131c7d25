using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A residual block of a graph: where a shortcut and a branch part, what lies on the branch, and where they meet again.</summary>
/// <param name="Scope">Its name: the scope that the join lies in, or the join's own name where that scope holds several joins.</param>
/// <param name="Join">The addition, or the stochastic depth, that joins the two.</param>
/// <param name="Input">The value where they part.</param>
/// <param name="Shortcut">The value that the shortcut brings to the join; for an identity, the input.</param>
/// <param name="Branch">The value that the branch brings.</param>
/// <param name="Kind">What the shortcut does.</param>
public sealed record ResidualUnit(string Scope, Node Join, string Input, string Shortcut, string Branch, ShortcutKind Kind)
{
    /// <summary>The nodes of the branch, in the graph's order. Nothing else reads them.</summary>
    public ValueList<string> BranchNodes { get; init; } = [];

    /// <summary>The nodes of the shortcut, in the graph's order; none for an identity.</summary>
    public ValueList<string> ShortcutNodes { get; init; } = [];

    /// <summary>The probability that the branch survives a training step, or <see langword="null"/> where the join is a plain sum.</summary>
    public double? Survival => (Join.Op as StochasticDepth)?.SurvivalProbability;

    /// <summary>Whether a pattern means this block: see <see cref="ScopePattern"/>.</summary>
    public bool IsMeantBy(string pattern) => pattern == Scope || ScopePattern.Matches(pattern, Join.Name);

    /// <summary><c>layer1.0: identity, 5 nodes on the branch</c>.</summary>
    public override string ToString() => $"{Scope}: {Kind}, {BranchNodes.Count} nodes on the branch";
}
