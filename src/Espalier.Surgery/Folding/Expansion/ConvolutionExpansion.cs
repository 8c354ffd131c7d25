using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Builds the block that replaces a convolution, as a model with initialized parameters: it has the given input, and all its other nodes are within the scope.</summary>
/// <param name="scope">The convolution's name, which is the scope of the block's nodes.</param>
/// <param name="convolution">The convolution to replace.</param>
/// <param name="input">The shape of the convolution's input: channels, height, width.</param>
/// <exception cref="GraphException">The template has no block for this convolution. The expansion then keeps the convolution and reports the reason.</exception>
public delegate Model BlockTemplate(string scope, Conv2d convolution, Shape input);

/// <summary>The reverse of <see cref="LinearFolding"/>: replaces trained convolutions, with the batch norms after them, by blocks of branches with the same function.</summary>
/// <remarks>
/// The template may build any block that is linear and has a branch that is the convolution itself, optionally with a norm after
/// it. That branch gets the weights (W − R)/s, where W is the original convolution with its norm, R the initial sum of the other branches and s the scale of the branch's norm; its norm gets the statistics of
/// the norm after the original convolution. So the output at inference is unchanged, up to rounding. During training, norms use the batch's
/// statistics, and R then differs, unless the other branches end in norms of weight 0. The output of these is initially zero, both in training and at inference, and they
/// are trained because the gradient of the norm's weight is not zero. In other cases use <see cref="NormCalibration"/> so that training starts from the same function.
/// The branch of a convolution of standardized weights gets these as its own, as in <see cref="StandardizationRemoval"/>.
/// </remarks>
/// <param name="template">Builds the block for a convolution.</param>
/// <param name="selects">Selects the convolutions to replace; <see langword="null"/> for all with kernels larger than 1x1.</param>
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
                patches.Add(QuantizedLayer.Is(node.Op)
                    ? throw new GraphException(node.Name, "has quantized weights, whose sum over branches would be rounded differently")
                    : new ExpandedConvolution(model, node).Into(template));
            }
            catch (GraphException error)
            {
                refusals.Add(new Refusal(node.Name, error.Reason));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }
}
