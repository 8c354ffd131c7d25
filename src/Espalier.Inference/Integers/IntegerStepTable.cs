using System.Diagnostics;
using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Inference;

/// <summary>The table from what gives a value in 8-bit integers to the step that computes it: the counterpart of <see cref="StepTable"/>.</summary>
internal static class IntegerStepTable
{
    internal static Step Lower(IntegerCall call) =>
        call.Region is null ? Moved(call)
        : call.Region.IsValue ? IntegerArithmeticSteps.Rescale(call)
        : call.Body.Op.Type switch
        {
            OpType.Conv2d or OpType.Linear => IntegerLayerSteps.Layer(call),
            OpType.Add => IntegerArithmeticSteps.Add(call),
            OpType.Multiply => IntegerArithmeticSteps.Multiply(call),
            OpType.Affine or OpType.BatchNorm => IntegerArithmeticSteps.ScaleShift(call),
            OpType.Activation => IntegerArithmeticSteps.Activate(call, ((ActivationOp)call.Body.Op).Activation),
            OpType.Concat => IntegerMoveSteps.Concat(call),
            OpType.AveragePool => IntegerPoolSteps.Average(call, (AveragePool)call.Body.Op),
            OpType.AdaptiveAveragePool => IntegerPoolSteps.AdaptiveAverage(call),
            OpType.Input or OpType.ChannelConv1d or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.PRelu
                or OpType.Softmax or OpType.RadixSoftmax or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AdaptiveMaxPool
                or OpType.BlurPool or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle or OpType.Quantize =>
                throw new UnreachableException($"'{call.Body.Name}' ({call.Body.Op.Kind}) is not computed in integers."),
        };

    private static Step Moved(IntegerCall call) => call.Node.Op.Type switch
    {
        OpType.MaxPool => IntegerPoolSteps.Max(call, (MaxPool)call.Node.Op),
        OpType.AdaptiveMaxPool => IntegerPoolSteps.AdaptiveMax(call),
        OpType.Concat => IntegerMoveSteps.Concat(call),
        OpType.ChannelSlice or OpType.ChannelShuffle or OpType.PadChannels => IntegerMoveSteps.Gather(call),
        OpType.Flatten => IntegerMoveSteps.Flatten(call),
        OpType.Pad => IntegerMoveSteps.Pad(call, (Pad)call.Node.Op),
        OpType.Input or OpType.Conv2d or OpType.ChannelConv1d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm
            or OpType.LocalResponseNorm or OpType.Affine or OpType.Activation or OpType.PRelu or OpType.Softmax or OpType.RadixSoftmax or OpType.Add
            or OpType.Multiply or OpType.StochasticDepth or OpType.Dropout or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.BlurPool or OpType.Quantize =>
            throw new UnreachableException($"'{call.Node.Name}' ({call.Node.Op.Kind}) does not only move integers."),
    };
}
