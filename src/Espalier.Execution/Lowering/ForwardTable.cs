using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The table from op to the kernel calls that compute it, for ops that the inference plan and the training plan compute in the same way.</summary>
/// <remarks>
/// The plans differ in, and the table therefore lacks: the input, the choice and packing of convolution kernels, the statistics of batch norms, and dropout and stochastic depth.
/// </remarks>
internal static class ForwardTable
{
    /// <summary>Returns the kernel calls of an op, in order.</summary>
    /// <param name="op">An op without parameters; the calls of norms and of layers with weights are created by <see cref="ForwardKernels"/>.</param>
    /// <param name="inputs">The memory layouts of the inputs.</param>
    /// <param name="output">The memory layout of the output.</param>
    /// <param name="activation">The activation that is applied to the result, for ops whose kernel supports it; <see cref="Activation.None"/> for others.</param>
    /// <exception cref="UnreachableException">The plans compute this op in different ways.</exception>
    public static ForwardCall[] Of(Op op, BlockedLayout[] inputs, BlockedLayout output, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(inputs);
        return op.Type switch
        {
            OpType.Activation => [new(ForwardKernels.Activate(((ActivationOp)op).Activation, inputs[0], output))],
            OpType.LocalResponseNorm => [new(ForwardKernels.LocalResponseNorm(Geometry.Of((LocalResponseNorm)op), inputs[0], output))],
            OpType.Softmax => [new(ForwardKernels.Softmax(inputs[0], output))],
            OpType.RadixSoftmax => [new(ForwardKernels.RadixSoftmax(((RadixSoftmax)op).Radix, inputs[0], output))],
            OpType.MaxPool => [new(ForwardKernels.MaxPool(Geometry.Of((MaxPool)op), inputs[0], output))],
            OpType.AveragePool => [new(ForwardKernels.AveragePool(Geometry.Of((AveragePool)op), inputs[0], output))],
            OpType.AdaptiveAveragePool => [new(ForwardKernels.AdaptiveAveragePool(inputs[0], output))],
            OpType.AdaptiveMaxPool => [new(ForwardKernels.AdaptiveMaxPool(inputs[0], output))],
            OpType.BlurPool => [new(ForwardKernels.BlurPool(inputs[0], output))],
            OpType.Flatten => [new(ForwardKernels.Flatten(inputs[0], output))],
            OpType.Add => Sum(inputs, output, activation),
            OpType.Multiply => [new(ForwardKernels.Multiply(activation, inputs[0], inputs[1], output), 0, 1)],
            OpType.Concat or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels => Gathers(ChannelSources.Of(op, inputs), inputs, output),
            OpType.Input or OpType.Conv2d or OpType.ChannelConv1d or OpType.PRelu or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm
                or OpType.Affine or OpType.Quantize or OpType.Pad or OpType.Dropout or OpType.StochasticDepth =>
                throw new UnreachableException($"{op.Kind} is not in the table, because the plans compute it in different ways."),
        };
    }

    // A sum of more than two inputs adds one input after another to the output; only the last call applies the activation.
    private static ForwardCall[] Sum(BlockedLayout[] inputs, BlockedLayout output, Activation activation) =>
    [
        .. Enumerable.Range(1, inputs.Length - 1).Select(i => new ForwardCall(
            ForwardKernels.Add(i == inputs.Length - 1 ? activation : Activation.None, i == 1 ? inputs[0] : output, inputs[i], output),
            i == 1 ? 0 : ForwardCall.Output,
            i)),
    ];

    private static ForwardCall[] Gathers(int[][] sources, BlockedLayout[] inputs, BlockedLayout output)
    {
        var calls = new ForwardCall[inputs.Length];
        int first = 0;
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = new ForwardCall(ForwardKernels.Gather(sources[i], first, inputs[i], output), i);
            first += sources[i].Length;
        }

        return calls;
    }
}
