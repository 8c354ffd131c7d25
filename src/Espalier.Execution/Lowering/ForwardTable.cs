using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The table from op to the kernel calls that compute it: what the inference plan and the training plan have in common.</summary>
/// <remarks>
/// Not in it is what differs between them: where the input comes from, how a convolution is chosen and packed, which statistics a batch norm takes, and what is dropped at random.
/// </remarks>
internal static class ForwardTable
{
    /// <summary>The calls of an op, in their order.</summary>
    /// <param name="op">An op that has no parameters: norms and layers with weights are made by <see cref="ForwardKernels"/>.</param>
    /// <param name="inputs">How what it reads lies in memory.</param>
    /// <param name="output">How what it makes lies in memory.</param>
    /// <param name="activation">What is applied to the result of an op whose kernel can do that; otherwise none.</param>
    /// <exception cref="UnreachableException">The op is one that each plan computes in its own way.</exception>
    public static ForwardCall[] Of(Op op, BlockedLayout[] inputs, BlockedLayout output, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(inputs);
        return op.Type switch
        {
            OpType.Activation => [new(ForwardKernels.Activate(((ActivationOp)op).Activation, inputs[0], output))],
            OpType.Softmax => [new(ForwardKernels.Softmax(inputs[0], output))],
            OpType.MaxPool => [new(ForwardKernels.MaxPool(Geometry.Of((MaxPool)op), inputs[0], output))],
            OpType.AveragePool => [new(ForwardKernels.AveragePool(Geometry.Of((AveragePool)op), inputs[0], output))],
            OpType.AdaptiveAveragePool => [new(ForwardKernels.AdaptiveAveragePool(inputs[0], output))],
            OpType.Flatten => [new(ForwardKernels.Flatten(inputs[0], output))],
            OpType.Add => Sum(inputs, output, activation),
            OpType.Multiply => [new(ForwardKernels.Multiply(activation, inputs[0], inputs[1], output), 0, 1)],
            OpType.Concat or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels => Gathers(ChannelSources.Of(op, inputs), inputs, output),
            OpType.Input or OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.Pad or OpType.Dropout or OpType.StochasticDepth =>
                throw new UnreachableException($"Each plan computes {op.Kind} in its own way."),
        };
    }

    // A sum of more than two inputs adds one after the other onto the output; only the last addition applies the activation.
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
