using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Builds the block that replaces a convolution: a model with the given input whose other nodes lie within the scope, with initialized parameters.</summary>
/// <param name="scope">The convolution's name.</param>
/// <param name="convolution">The convolution.</param>
/// <param name="input">What it reads: channels, height, width.</param>
/// <exception cref="GraphException">There is no such block for this convolution; the expansion then leaves it alone and says why.</exception>
public delegate Model BlockTemplate(string scope, Conv2d convolution, Shape input);

/// <summary>The reverse of <see cref="LinearFolding"/>: makes trained convolutions, with the batch norms behind them, into blocks of branches that compute the same.</summary>
/// <remarks>
/// The block is whatever the template makes, as long as it is linear and one of its branches is the convolution itself, perhaps with a norm behind
/// it. That branch becomes W − R/s, where R is what the other branches compute at first and s the norm's scale; it takes over the statistics of
/// the norm that stood behind the convolution. So the output at inference is unchanged, up to rounding. While training, norms use the batch's
/// statistics, and R then differs, unless the other branches end in norms of weight 0: these contribute nothing initially, in either mode, and
/// learn all the same, because the gradient reaches the weight of the norm. Otherwise <see cref="NormCalibration"/> brings the two modes together.
/// </remarks>
/// <param name="template">Makes the blocks.</param>
/// <param name="selects">Which convolutions; <see langword="null"/> for all with more than one kernel position.</param>
public sealed class ConvolutionExpansion(BlockTemplate template, Func<Node, bool>? selects = null) : Pass
{
    /// <inheritdoc/>
    public override string Name => "expand convolutions";

    /// <inheritdoc/>
    public override string Action => "expand";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        foreach (Node node in model.Graph.Nodes.Where(node => node.Op is Conv2d conv && (selects is null ? conv.Kernel != 1 : selects(node))))
        {
            try
            {
                patches.Add(new ExpandedConvolution(model, node).Into(template));
            }
            catch (GraphException error)
            {
                refusals.Add(new Refusal(node.Name, error.Reason));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }
}
