using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Removes every output of a network after the first, such as auxiliary classifiers that only training needs, with the layers that the first output does not depend on.</summary>
public sealed class FurtherOutputRemoval : Pass
{
    /// <inheritdoc/>
    public override string Name => "remove further outputs";

    /// <summary>The first output does not change.</summary>
    public override Promise Promise => Promise.Exact;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new PassPlan([.. model.Graph.Outputs.Skip(1).Select(output => new Patch($"{output} is no output").RemoveOutput(output))], []);
    }
}
