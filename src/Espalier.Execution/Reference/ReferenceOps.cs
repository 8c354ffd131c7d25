using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Execution;

/// <summary>The reference executor's table from op to naive kernel.</summary>
internal static class ReferenceOps
{
    internal static void Run<T>(ReferenceCall<T> call, Span<T> output) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int batch = call.Batch;
        ReadOnlySpan<T> x = call.Input(0);
        FeatureMap shape = call.InputShape(0);
        switch (call.Node.Op)
        {
            case Conv2d op:
                Reference.Conv2d(x, batch, shape, call.Parameter("weight"), call.Parameter("bias"), op.OutChannels, Geometry.Of(op), output);
                break;
            case Graphs.Linear op:
                Reference.Linear(x, batch, op.InFeatures, call.Parameter("weight"), call.Parameter("bias"), op.OutFeatures, output);
                break;
            case BatchNorm op:
                Reference.BatchNorm(x, batch, shape, call.Parameter("running_mean"), call.Parameter("running_var"), call.Parameter("weight"), call.Parameter("bias"), T.CreateSaturating(op.Epsilon), output);
                break;
            case GroupNorm op:
                Reference.GroupNorm(x, batch, shape, op.Groups, call.Parameter("weight"), call.Parameter("bias"), T.CreateSaturating(op.Epsilon), output);
                break;
            case ActivationOp op:
                Reference.Activate(x, op.Activation, output);
                break;
            case Softmax:
                Reference.Softmax(x, batch, shape, output);
                break;
            case MaxPool op:
                Reference.MaxPool(x, batch, shape, Geometry.Of(op), output);
                break;
            case AveragePool op:
                Reference.AveragePool(x, batch, shape, Geometry.Of(op), output);
                break;
            case AdaptiveAveragePool op:
                Reference.AdaptiveAveragePool(x, batch, shape, op.Output.Height, op.Output.Width, output);
                break;
            case Pad op:
                Reference.Pad(x, batch, shape, op.Padding, call.Parameter("value"), output);
                break;
            case ChannelSlice op:
                Reference.ChannelSlice(x, batch, shape, op.Start, op.Count, output);
                break;
            case ChannelShuffle op:
                Reference.ChannelShuffle(x, batch, shape, op.Groups, output);
                break;
            case PadChannels op:
                Reference.PadChannels(x, batch, shape, op.Before, op.After, output);
                break;
            case Graphs.Concat:
                ConcatAll(call, output);
                break;
            case Graphs.Add:
                AddAll(call, output);
                break;
            case Multiply:
                Reference.Multiply(x, batch, shape, call.Input(1), call.InputShape(1), output);
                break;
            case StochasticDepth op:
                (double shortcut, double branch) = op.InferenceFactors;
                Reference.WeightedSum(x, T.CreateSaturating(shortcut), call.Input(1), T.CreateSaturating(branch), output);
                break;
            case Flatten or Dropout:
                x.CopyTo(output);
                break;
            default:
                throw new NotSupportedException($"The reference executor has no kernel for {call.Node.Op.Kind}.");
        }
    }

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
            FeatureMap shape = call.InputShape(i);
            Reference.Concat(call.Input(i), call.Batch, shape, first, call.OutputShape.Channels, output);
            first += shape.Channels;
        }
    }
}
