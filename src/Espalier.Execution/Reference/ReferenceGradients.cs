using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Execution;

/// <summary>The table from op to its naive gradient. Random ops and batch norm in training mode are in <see cref="ReferenceTraining{T}"/>.</summary>
internal static class ReferenceGradients
{
    /// <summary>Adds a node's gradients to those of its inputs and parameters.</summary>
    /// <param name="call">The node with its inputs and parameters.</param>
    /// <param name="results">The node's output, its gradient, and the memory for the gradients of inputs and parameters.</param>
    internal static void Run<T>(ReferenceCall<T> call, in Operands<T> results) where T : unmanaged, IFloatingPointIeee754<T> => KernelOf<T>(call.Node.Op.Type)(call, results);

    private delegate void Kernel<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>;

    private static Kernel<T> KernelOf<T>(OpType type) where T : unmanaged, IFloatingPointIeee754<T> => type switch
    {
        OpType.Conv2d => OfConvolution,
        OpType.ChannelConv1d => (call, in to) => Reference.ChannelConv1dGradient(
            call.Input(0), call.Batch, call.InputShape(0).Channels, call.Parameter("weight"), to.Gradient, to.Input(0), to.Parameter("weight")),
        OpType.Linear => OfLinear,
        OpType.BatchNorm => (call, in to) => Reference.BatchNormGradient(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("running_mean"), call.Parameter("running_var"), call.Parameter("weight"),
            T.CreateSaturating(call.Op<BatchNorm>().Epsilon), to.Gradient, to.Input(0), to.Parameter("weight"), to.Parameter("bias")),
        OpType.GroupNorm => (call, in to) => Reference.GroupNormGradient(
            call.Input(0), call.Batch, call.InputShape(0), call.Op<GroupNorm>().Groups, call.Parameter("weight"), T.CreateSaturating(call.Op<GroupNorm>().Epsilon),
            to.Gradient, to.Input(0), to.Parameter("weight"), to.Parameter("bias")),
        OpType.LayerNorm => (call, in to) => Reference.LayerNormGradient(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), T.CreateSaturating(call.Op<LayerNorm>().Epsilon),
            to.Gradient, to.Input(0), to.Parameter("weight"), to.Parameter("bias")),
        OpType.LocalResponseNorm => (call, in to) => Reference.LocalResponseNormGradient(
            call.Input(0), call.InputShape(0), call.Op<LocalResponseNorm>().Size, T.CreateSaturating(call.Op<LocalResponseNorm>().Alpha),
            T.CreateSaturating(call.Op<LocalResponseNorm>().Beta), T.CreateSaturating(call.Op<LocalResponseNorm>().K), to.Gradient, to.Input(0)),
        OpType.Affine => (call, in to) => Reference.ScaleAndShiftGradient(
            call.Input(0), call.InputShape(0), call.Parameter("weight"), to.Gradient, to.Input(0), to.Parameter("weight"), to.Parameter("bias")),
        OpType.Quantize => OfRounding,
        OpType.Activation => (call, in to) => Reference.ActivateGradient(call.Input(0), call.Op<ActivationOp>().Activation, to.Gradient, to.Input(0)),
        OpType.PRelu => (call, in to) => Reference.PReluGradient(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), to.Gradient, to.Input(0), to.Parameter("weight")),
        OpType.Softmax => (call, in to) => Reference.SoftmaxGradient(to.Result, call.Batch, call.InputShape(0), to.Gradient, to.Input(0)),
        OpType.RadixSoftmax => (call, in to) => Reference.RadixSoftmaxGradient(to.Result, call.Batch, call.InputShape(0), call.Op<RadixSoftmax>().Radix, to.Gradient, to.Input(0)),
        OpType.MaxPool => (call, in to) => Reference.MaxPoolGradient(call.Input(0), call.Batch, call.InputShape(0), Geometry.Of(call.Op<MaxPool>()), to.Gradient, to.Input(0)),
        OpType.AveragePool => (call, in to) => Reference.AveragePoolGradient(call.Batch, call.InputShape(0), Geometry.Of(call.Op<AveragePool>()), to.Gradient, to.Input(0)),
        OpType.AdaptiveAveragePool => (call, in to) =>
            Reference.AdaptiveAveragePoolGradient(call.Batch, call.InputShape(0), call.OutputShape.Height, call.OutputShape.Width, to.Gradient, to.Input(0)),
        OpType.AdaptiveMaxPool => (call, in to) => Reference.AdaptiveMaxPoolGradient(
            call.Input(0), call.Batch, call.InputShape(0), call.OutputShape.Height, call.OutputShape.Width, to.Gradient, to.Input(0)),
        OpType.BlurPool => (call, in to) => Reference.BlurPoolGradient(to.Gradient, call.Batch, call.InputShape(0), to.Input(0)),
        OpType.Pad => OfPad,
        OpType.ChannelSlice => (call, in to) =>
            Reference.ChannelSliceGradient(to.Gradient, call.Batch, call.InputShape(0), call.Op<ChannelSlice>().Start, call.Op<ChannelSlice>().Count, to.Input(0)),
        OpType.ChannelShuffle => (call, in to) => Reference.ChannelShuffleGradient(to.Gradient, call.Batch, call.InputShape(0), call.Op<ChannelShuffle>().Groups, to.Input(0)),
        OpType.PadChannels => (call, in to) =>
            Reference.PadChannelsGradient(to.Gradient, call.Batch, call.InputShape(0), call.Op<PadChannels>().Before, call.Op<PadChannels>().After, to.Input(0)),
        OpType.Concat => OfConcat,
        OpType.Multiply => (call, in to) =>
            Reference.MultiplyGradient(call.Input(0), call.Batch, call.InputShape(0), call.Input(1), call.InputShape(1), to.Gradient, to.Input(0), to.Input(1)),
        OpType.Add or OpType.Flatten => OfSum,
        OpType.Input or OpType.Dropout or OpType.StochasticDepth => (call, in to) =>
            throw new NotSupportedException($"'{call.Node.Name}' is {call.Node.Op.Kind}, whose gradient depends on more than its inputs and parameters."),
    };

    private static void OfPad<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Pad op = call.Op<Pad>();
        if (op.Mode.IsRepeated())
        {
            Reference.EdgePadGradient(to.Gradient, call.Batch, call.InputShape(0), op.Mode, op.Padding, to.Input(0));
        }
        else
        {
            Reference.PadGradient(to.Gradient, call.Batch, call.InputShape(0), op.Padding, to.Input(0));
        }
    }

    private static void OfConvolution<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Conv2d op = call.Op<Conv2d>();
        T[] weight = to.Parameter("weight");
        T[] used = op.StandardizationEpsilon is null && !op.QuantizedWeights ? weight : new T[weight.Length];
        Reference.Conv2dGradient(
            call.Input(0), call.Batch, call.InputShape(0), ReferenceOps.WeightOf(call), op.OutChannels, Geometry.Of(op), to.Gradient, to.Input(0), used, to.Parameter("bias"));
        if (op.StandardizationEpsilon is double epsilon)
        {
            Reference.StandardizeFiltersGradient<T>(call.Parameter("weight"), op.OutChannels, T.CreateSaturating(epsilon), used, weight);
        }

        ThroughRounding(call, to, used, weight);
    }

    private static void OfLinear<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Linear op = call.Op<Linear>();
        T[] weight = to.Parameter("weight");
        T[] used = op.QuantizedWeights ? new T[weight.Length] : weight;
        Reference.LinearGradient(
            call.Input(0), call.Batch, op.InFeatures, ReferenceOps.WeightOf(call), op.OutFeatures, to.Gradient, to.Input(0), used, to.Parameter("bias"));
        ThroughRounding(call, to, used, weight);
    }

    private static void ThroughRounding<T>(ReferenceCall<T> call, in Operands<T> to, T[] used, T[] weight) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (QuantizedLayer.Is(call.Node.Op))
        {
            ReadOnlySpan<T> numbers = call.Parameter("weight"), scales = call.Parameter(QuantizedLayer.ScaleRole);
            Reference.QuantizeFiltersGradient(numbers, scales, used, weight);
            T[] sums = new T[scales.Length];
            Reference.QuantizeFiltersScaleGradient(numbers, scales, used, sums);
            Reference.AddScaled(sums, T.CreateChecked(ScaleGradient.OfWeights(numbers.Length / scales.Length)), to.Parameter(QuantizedLayer.ScaleRole));
        }
    }

    private static void OfRounding<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (T scale, T zeroPoint) = (call.Parameter("scale")[0], call.Parameter("zero_point")[0]);
        Reference.QuantizeGradient(call.Input(0), scale, zeroPoint, to.Gradient, to.Input(0));
        T sum = Reference.QuantizeScaleGradient(call.Input(0), scale, zeroPoint, to.Gradient);
        to.Parameter("scale")[0] += sum * T.CreateChecked(ScaleGradient.OfPoint(call.OutputShape.Length, byte.CreateChecked(zeroPoint)));
    }

    private static void OfSum<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < call.InputCount; i++)
        {
            Reference.AddScaled(to.Gradient, T.One, to.Input(i));
        }
    }

    private static void OfConcat<T>(ReferenceCall<T> call, in Operands<T> to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int first = 0;
        for (int i = 0; i < call.InputCount; i++)
        {
            Reference.ConcatGradient(to.Gradient, call.Batch, call.InputShape(i), first, call.OutputShape.Channels, to.Input(i));
            first += call.InputShape(i).Channels;
        }
    }

    /// <summary>The output and output gradient of a node, and the memory for the gradients of its inputs and parameters.</summary>
    /// <param name="result">The output of the node.</param>
    /// <param name="gradient">The gradient of the output.</param>
    /// <param name="inputGradient">Returns the memory for the gradient of an input.</param>
    /// <param name="parameterGradient">Returns the memory for the gradient of a parameter by role; empty when the op has no such role.</param>
    internal readonly ref struct Operands<T>(ReadOnlySpan<T> result, ReadOnlySpan<T> gradient, Func<int, T[]> inputGradient, Func<string, T[]> parameterGradient)
    {
        internal ReadOnlySpan<T> Result { get; } = result;

        internal ReadOnlySpan<T> Gradient { get; } = gradient;

        internal T[] Input(int index) => inputGradient(index);

        internal T[] Parameter(string role) => parameterGradient(role);
    }
}
