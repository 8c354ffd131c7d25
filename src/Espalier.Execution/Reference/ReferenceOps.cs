using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Execution;

/// <summary>The reference executor's table from op to naive kernel.</summary>
internal static class ReferenceOps
{
    private delegate void Kernel<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>;

    internal static void Run<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T> => KernelOf<T>(call.Node.Op.Type)(call, output);

    private static Kernel<T> KernelOf<T>(OpType type) where T : unmanaged, IFloatingPointIeee754<T> => type switch
    {
        OpType.Input => (call, y) => throw new NotSupportedException($"'{call.Node.Name}' is an input, which is not computed."),
        OpType.Conv2d => (call, y) =>
            Reference.Conv2d(call.Input(0), call.Batch, call.InputShape(0), WeightOf(call), call.Parameter("bias"), call.Op<Conv2d>().OutChannels, Geometry.Of(call.Op<Conv2d>()), y),
        OpType.ChannelConv1d => (call, y) => Reference.ChannelConv1d(call.Input(0), call.Batch, call.InputShape(0).Channels, call.Parameter("weight"), y),
        OpType.Linear => (call, y) =>
            Reference.Linear(call.Input(0), call.Batch, call.Op<Linear>().InFeatures, WeightOf(call), call.Parameter("bias"), call.Op<Linear>().OutFeatures, y),
        OpType.BatchNorm => (call, y) => Reference.BatchNorm(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("running_mean"), call.Parameter("running_var"), call.Parameter("weight"), call.Parameter("bias"),
            T.CreateSaturating(call.Op<BatchNorm>().Epsilon), y),
        OpType.GroupNorm => (call, y) => Reference.GroupNorm(
            call.Input(0), call.Batch, call.InputShape(0), call.Op<GroupNorm>().Groups, call.Parameter("weight"), call.Parameter("bias"), T.CreateSaturating(call.Op<GroupNorm>().Epsilon), y),
        OpType.LayerNorm => (call, y) => Reference.LayerNorm(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), call.Parameter("bias"), T.CreateSaturating(call.Op<LayerNorm>().Epsilon), y),
        OpType.LocalResponseNorm => (call, y) => Reference.LocalResponseNorm(
            call.Input(0), call.Batch, call.InputShape(0), call.Op<LocalResponseNorm>().Size, T.CreateSaturating(call.Op<LocalResponseNorm>().Alpha),
            T.CreateSaturating(call.Op<LocalResponseNorm>().Beta), T.CreateSaturating(call.Op<LocalResponseNorm>().K), y),
        OpType.Affine => (call, y) => Reference.ScaleAndShift(call.Input(0), call.InputShape(0), call.Parameter("weight"), call.Parameter("bias"), y),
        OpType.Quantize => (call, y) => Reference.Quantize(call.Input(0), call.Parameter("scale")[0], call.Parameter("zero_point")[0], y),
        OpType.Activation => (call, y) => Reference.Activate(call.Input(0), call.Op<ActivationOp>().Activation, y),
        OpType.PRelu => (call, y) => Reference.PRelu(call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), y),
        OpType.Softmax => (call, y) => Reference.Softmax(call.Input(0), call.Batch, call.InputShape(0), y),
        OpType.RadixSoftmax => (call, y) => Reference.RadixSoftmax(call.Input(0), call.Batch, call.InputShape(0), call.Op<RadixSoftmax>().Radix, y),
        OpType.MaxPool => (call, y) => Reference.MaxPool(call.Input(0), call.Batch, call.InputShape(0), Geometry.Of(call.Op<MaxPool>()), y),
        OpType.AveragePool => (call, y) => Reference.AveragePool(call.Input(0), call.Batch, call.InputShape(0), Geometry.Of(call.Op<AveragePool>()), y),
        OpType.AdaptiveAveragePool => (call, y) =>
            Reference.AdaptiveAveragePool(call.Input(0), call.Batch, call.InputShape(0), call.OutputShape.Height, call.OutputShape.Width, y),
        OpType.AdaptiveMaxPool => (call, y) => Reference.AdaptiveMaxPool(call.Input(0), call.Batch, call.InputShape(0), call.OutputShape.Height, call.OutputShape.Width, y),
        OpType.BlurPool => (call, y) => Reference.BlurPool(call.Input(0), call.Batch, call.InputShape(0), y),
        OpType.Pad => Padded,
        OpType.ChannelSlice => (call, y) => Reference.ChannelSlice(call.Input(0), call.Batch, call.InputShape(0), call.Op<ChannelSlice>().Start, call.Op<ChannelSlice>().Count, y),
        OpType.ChannelShuffle => (call, y) => Reference.ChannelShuffle(call.Input(0), call.Batch, call.InputShape(0), call.Op<ChannelShuffle>().Groups, y),
        OpType.PadChannels => (call, y) => Reference.PadChannels(call.Input(0), call.Batch, call.InputShape(0), call.Op<PadChannels>().Before, call.Op<PadChannels>().After, y),
        OpType.Concat => ConcatAll,
        OpType.Add => AddAll,
        OpType.Multiply => (call, y) => Reference.Multiply(call.Input(0), call.Batch, call.InputShape(0), call.Input(1), call.InputShape(1), y),
        OpType.StochasticDepth => WeightedSum,
        OpType.Flatten or OpType.Dropout => (call, y) => call.Input(0).CopyTo(y),
    };

    private static void Padded<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Pad op = call.Op<Pad>();
        if (op.Mode.IsRepeated())
        {
            Reference.EdgePad(call.Input(0), call.Batch, call.InputShape(0), op.Mode, op.Padding, output);
        }
        else
        {
            Reference.Pad(call.Input(0), call.Batch, call.InputShape(0), op.Padding, op.Mode == PaddingMode.Zero ? new T[op.Channels] : call.Parameter("value"), output);
        }
    }

    /// <summary>The weights that a convolution or linear layer uses.</summary>
    internal static ReadOnlySpan<T> WeightOf<T>(ReferenceCall<T> call) where T : unmanaged, IFloatingPointIeee754<T> =>
        QuantizedLayer.Is(call.Node.Op) ? Reference.QuantizeFilters(call.Parameter("weight"), call.Parameter(QuantizedLayer.ScaleRole))
        : call.Node.Op is Conv2d { StandardizationEpsilon: double epsilon } conv ? Reference.StandardizeFilters(call.Parameter("weight"), conv.OutChannels, T.CreateSaturating(epsilon))
        : call.Parameter("weight");

    private static void AddAll<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        call.Input(0).CopyTo(output);
        for (int i = 1; i < call.InputCount; i++)
        {
            Reference.Add(output, call.Input(i), output);
        }
    }

    private static void ConcatAll<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int first = 0;
        for (int i = 0; i < call.InputCount; i++)
        {
            Reference.Concat(call.Input(i), call.Batch, call.InputShape(i), first, call.OutputShape.Channels, output);
            first += call.InputShape(i).Channels;
        }
    }

    private static void WeightedSum<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (double shortcut, double branch) = call.Op<StochasticDepth>().InferenceFactors;
        Reference.WeightedSum(call.Input(0), T.CreateSaturating(shortcut), call.Input(1), T.CreateSaturating(branch), output);
    }
}
