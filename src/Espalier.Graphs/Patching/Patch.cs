using System.Collections.Immutable;

namespace Espalier.Graphs;

/// <summary>A change to a model, as a value: it can be looked at, counted and shown before it is applied, and applying it checks everything anew.</summary>
/// <remarks>
/// Patches are made against one model and applied together by <see cref="ModelPatching"/>. A later patch may name nodes as they
/// were before the earlier ones: redirected names are followed, in its nodes' inputs and on both sides of its redirects. Where two
/// patches put one node, or set one parameter, the later wins, but a node that an earlier patch removed cannot be replaced. Nodes
/// that no output depends on any more go, and so do their parameters.
/// </remarks>
/// <param name="Reason">What it does, for reports: <c>bn1 into conv1</c>.</param>
public sealed record Patch(string Reason)
{
    /// <summary>Nodes to add, or to put in place of the nodes of the same names.</summary>
    public ImmutableList<Node> Nodes { get; private init; } = [];

    /// <summary>Every use of the first name becomes a use of the second, except by <see cref="Nodes"/> of this patch.</summary>
    public ImmutableList<(string From, string To)> Redirects { get; private init; } = [];

    /// <summary>Parameters to add or replace.</summary>
    public ImmutableList<KeyValuePair<string, Parameter>> Parameters { get; private init; } = [];

    /// <summary>Adds a node or replaces the one of the same name.</summary>
    public Patch Put(Node node) => this with { Nodes = Nodes.Add(node) };

    /// <summary>Makes every reader of <paramref name="from"/> (and the graph's outputs) read <paramref name="to"/>.</summary>
    public Patch Redirect(string from, string to) => this with { Redirects = Redirects.Add((from, to)) };

    /// <summary>Sets a parameter, which must be one of a node of the model or of a patch.</summary>
    public Patch Set(string name, Parameter parameter) => this with { Parameters = Parameters.Add(KeyValuePair.Create(name, parameter)) };

    /// <summary>The reason.</summary>
    public override string ToString() => Reason;
}
