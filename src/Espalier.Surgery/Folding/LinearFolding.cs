using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Collapses the linear parts of a network, whatever block they belong to, into single convolutions or linear layers.</summary>
/// <remarks>
/// For each node, last first, it takes the farthest node from which all paths to it are linear, multiplies the paths out, and puts one
/// layer there if that is exact over the reals and takes neither more operations nor more bytes than what goes away; otherwise it tries
/// nearer ones. That repeats until nothing changes. Norms count with their running statistics, stochastic depth with its factors at
/// inference, so the model is afterwards one for inference. Dropout ends a region: remove it first (<see cref="DropoutRemoval"/>).
/// </remarks>
public sealed class LinearFolding(LinearFoldingOptions options = default) : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold linear parts";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        while (true)
        {
            var scan = new LinearFoldingScan(model, options);
            if (scan.Patches.Count == 0)
            {
                return new PassPlan(patches.ToImmutable(), [.. scan.Refusals]);
            }

            patches.AddRange(scan.Patches);
            model = model.Apply(scan.Patches);
        }
    }
}
