using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A residual block of a graph: its input, shortcut, branch, and the addition at its end.</summary>
/// <param name="Scope">The block's name: the scope that contains the addition, or the addition's own name if that scope contains several.</param>
/// <param name="Join">The addition or stochastic depth op at the block's end.</param>
/// <param name="Input">The value that the shortcut and the branch both start from.</param>
/// <param name="Shortcut">The shortcut's output; for an identity, the input.</param>
/// <param name="Branch">The branch's output.</param>
/// <param name="Kind">The kind of shortcut.</param>
public sealed record ResidualUnit(string Scope, Node Join, string Input, string Shortcut, string Branch, ShortcutKind Kind)
{
    /// <summary>The nodes of the branch, in graph order. No other nodes read them.</summary>
    public ValueList<string> BranchNodes { get; init; } = [];

    /// <summary>The nodes of the shortcut, in graph order; none for an identity.</summary>
    public ValueList<string> ShortcutNodes { get; init; } = [];

    /// <summary>The survival probability of the branch, or <see langword="null"/> for a plain addition.</summary>
    public double? Survival => (Join.Op as StochasticDepth)?.SurvivalProbability;

    /// <summary>Whether a pattern matches this block; see <see cref="ScopePattern"/>.</summary>
    public bool Matches(string pattern) => pattern == Scope || ScopePattern.Matches(pattern, Join.Name);

    /// <summary>The block as text: <c>layer1.0: identity, 5 nodes on the branch</c>.</summary>
    public override string ToString() => $"{Scope}: {Kind}, {BranchNodes.Count} nodes on the branch";
}
