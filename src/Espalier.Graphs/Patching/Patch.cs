using System.Collections.Immutable;

namespace Espalier.Graphs;

/// <summary>A change to a model, as a value that can be inspected before it is applied. Applying it validates the result.</summary>
/// <remarks>
/// Patches are made against one model and applied together by <see cref="ModelPatching"/>. A later patch may refer to nodes as they
/// were before earlier ones: redirected names are followed, in its nodes' inputs and on both sides of its redirects. If two
/// patches put the same node or set the same parameter, the later one wins, but a node that an earlier patch removed cannot be replaced. Nodes
/// that no output depends on are removed, with their parameters.
/// </remarks>
/// <param name="Reason">A description for reports, such as <c>bn1 into conv1</c>.</param>
public sealed record Patch(string Reason)
{
    /// <summary>Nodes to add, or to replace nodes of the same names.</summary>
    public ImmutableList<Node> Nodes { get; private init; } = [];

    /// <summary>Redirects: readers of the first name read the second instead, except <see cref="Nodes"/> of this patch.</summary>
    public ImmutableList<(string From, string To)> Redirects { get; private init; } = [];

    /// <summary>Parameters to add or replace.</summary>
    public ImmutableList<KeyValuePair<string, Parameter>> Parameters { get; private init; } = [];

    /// <summary>Outputs of the graph that it no longer has.</summary>
    public ImmutableList<string> RemovedOutputs { get; private init; } = [];

    /// <summary>Outputs of the graph to replace: it has the second instead of the first, and nodes that read the first still do.</summary>
    public ImmutableList<(string From, string To)> ReplacedOutputs { get; private init; } = [];

    /// <summary>Adds a node or replaces the one of the same name.</summary>
    public Patch Put(Node node) => this with { Nodes = Nodes.Add(node) };

    /// <summary>Makes all readers of <paramref name="from"/> (and the graph's outputs) read <paramref name="to"/>.</summary>
    public Patch Redirect(string from, string to) => this with { Redirects = Redirects.Add((from, to)) };

    /// <summary>Sets a parameter, which must belong to a node of the model or of a patch.</summary>
    public Patch Set(string name, Parameter parameter) => this with { Parameters = Parameters.Add(KeyValuePair.Create(name, parameter)) };

    /// <summary>Takes a node from the graph's outputs, of which one must be left. The node goes too, unless another output depends on it.</summary>
    public Patch RemoveOutput(string name) => this with { RemovedOutputs = RemovedOutputs.Add(name) };

    /// <summary>Puts another node in the place of one of the graph's outputs. Unlike <see cref="Redirect"/>, it changes no node that reads the former output.</summary>
    public Patch ReplaceOutput(string from, string to) => this with { ReplacedOutputs = ReplacedOutputs.Add((from, to)) };

    /// <summary>The patch's reason.</summary>
    public override string ToString() => Reason;
}
