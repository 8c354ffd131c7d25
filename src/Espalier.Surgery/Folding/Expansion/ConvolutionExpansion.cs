using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Builds the block that replaces a convolution: a model with the given input whose other nodes lie within the scope, with initialized parameters.</summary>
/// <param name="scope">The convolution's name.</param>
/// <param name="convolution">The convolution.</param>
/// <param name="input">Shape of its input: channels, height, width.</param>
/// <exception cref="GraphException">There is no such block for this convolution; the expansion then does not replace it and reports the reason.</exception>
public delegate Model BlockTemplate(string scope, Conv2d convolution, Shape input);

/// <summary>The reverse of <see cref="LinearFolding"/>: replaces trained convolutions, with the batch norms after them, by blocks of branches with the same function.</summary>
/// <remarks>
/// The template may build any block that is linear and has a branch that is the convolution itself, optionally with a norm after
/// it. That branch becomes W − R/s, where R is the sum of the other branches initially and s the norm's scale; its norm gets the statistics of
/// the norm after the original convolution. So the output at inference is unchanged, up to rounding. During training, norms use the batch's
/// statistics, and R then differs, unless the other branches end in norms of weight 0: these contribute nothing initially, in either mode, and
/// are trained because the gradient of the norm's weight is not zero. Otherwise use <see cref="NormCalibration"/> to align the two modes.
/// </remarks>
/// <param name="template">Builds the blocks.</param>
/// <param name="selects">Selects convolutions; <see langword="null"/> for all with kernels larger than 1x1.</param>
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
