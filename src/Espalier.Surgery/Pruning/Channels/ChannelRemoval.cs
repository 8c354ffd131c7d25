using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Removes channels from a network: weights, norms and layers become narrower, and no gather or scatter ops are added.</summary>
/// <remarks>The remaining channels have the same values as in the whole network with the removed channels masked (<see cref="ChannelMask"/>).</remarks>
internal sealed class ChannelRemoval : Pass
{
    private readonly ChannelGroups _groups;
    private readonly ChannelSelection _selection;

    /// <summary>Creates the removal of some units of a network.</summary>
    /// <param name="groups">The channel groups of the network.</param>
    /// <param name="removed">The units to remove.</param>
    /// <exception cref="GraphException">Some layer would have no channel left.</exception>
    public ChannelRemoval(ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(removed);
        _groups = groups;
        _selection = new ChannelSelection(groups, removed);
    }

    /// <inheritdoc/>
    public override string Name => "remove channels";

    /// <inheritdoc/>
    public override string Action => "prune";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan) =>
        [new("granularity", "channels"), new("amount", _selection.RemovedUnits.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The graph after the removal. Its size can be computed without copying parameters.</summary>
    public Graph Narrow() => new(_groups.Graph.Nodes.Select(Narrow), _groups.Graph.Outputs);

    /// <inheritdoc/>
    /// <exception cref="GraphException">The groups belong to a different graph.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Graph.Equals(_groups.Graph))
        {
            GraphException.Throw("graph", "the channel groups belong to a different graph");
        }

        var patch = new Patch("narrower layers");
        foreach (Node node in model.Graph.Nodes)
        {
            Node narrow = Narrow(node);
            patch = narrow == node ? patch : patch.Put(narrow);
        }

        foreach ((string name, ParameterSpec spec) in model.Graph.Parameters)
        {
            patch = spec.Shape.Rank == 0 ? patch : Cut(patch, name, model.Parameters[name]);
        }

        return new PassPlan(patch.Nodes.IsEmpty ? [] : [patch], []);
    }

    private Node Narrow(Node node) => node with { Op = NarrowedOps.Of(_groups.Graph, node, _selection) };

    private Patch Cut(Patch patch, string name, Parameter parameter)
    {
        (int[] rows, int[]? columns) = _selection.KeptOf(name);
        bool isWhole = rows.Length == parameter.Value.Shape[0] && (columns is null || columns.Length == parameter.Value.Shape[1]);
        return isWhole ? patch : patch.Set(name, parameter with
        {
            Value = TensorCut.Of(parameter.Value, rows, columns),
            Mask = parameter.Mask is Tensor mask ? TensorCut.Of(mask, rows, columns) : null,
        });
    }
}
