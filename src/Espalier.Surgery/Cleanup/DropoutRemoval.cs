using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Takes dropout out of a network that will only be used for inference, where it does nothing.</summary>
public sealed class DropoutRemoval : Pass
{
    /// <inheritdoc/>
    public override string Name => "remove dropout";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Exact;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new PassPlan(
            [.. model.Graph.Nodes.Where(node => node.Op is Dropout).Select(node => new Patch($"{node.Name} away").Redirect(node.Name, node.Inputs[0]))],
            []);
    }
}
