using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Removes residual connections without changing the function: the shortcut travels through the branch in channels of its own (Meng 2021, RMNet, §3).</summary>
/// <remarks>
/// Each convolution of the branch gets extra channels whose kernel is a Dirac, so that they carry the block's input along; ReLUs between them let
/// it pass because it is not negative, which a ReLU in front of the block makes sure of; the last convolution adds it, or a linear map of single pixels of it. What
/// is left is a plain chain, at the price of more channels: this is an option, to be weighed, and not part of folding. Fold norms first.
/// </remarks>
public sealed class ResidualRemoval : Pass
{
    /// <inheritdoc/>
    public override string Name => "remove residuals";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        HashSet<string> nonNegative = NonNegativeValues.Of(model.Graph);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        foreach (Node sum in model.Graph.Nodes.Where(node => node.Op is Add))
        {
            ResidualBlockShape? block = ResidualBlockShape.Find(model, sum, nonNegative, out string reason);
            if (block is null)
            {
                refusals.Add(new Refusal(sum.Name, reason));
            }
            else
            {
                patches.AddRange(CarriedShortcut.Patches(model, block));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }
}
