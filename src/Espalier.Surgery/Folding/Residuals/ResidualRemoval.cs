using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Removes residual connections without changing the function: the shortcut is passed through the branch in additional channels (Meng 2021, RMNet, §3).</summary>
/// <remarks>
/// Each convolution of the branch gets additional channels with a Dirac kernel, which pass the block's input through. ReLUs between them do not change
/// it because it is not negative, which a ReLU before the block ensures. The last convolution adds it, or a 1x1 linear map of it. The
/// result is a plain network with more channels. This pass is optional and not part of folding. Fold norms first.
/// </remarks>
internal sealed class ResidualRemoval : Pass
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
                patches.AddRange(PassedShortcut.Patches(model, block));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }
}
