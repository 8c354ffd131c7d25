using System.Numerics;
using Espalier.Graphs;
using Espalier.Tensors;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Execution;

/// <summary>The table from op to its naive gradient. Random ops and batch norm in training mode are <see cref="ReferenceTraining{T}"/>'s.</summary>
internal static class ReferenceGradients
{
    /// <summary>Adds a node's gradients to those of its inputs and parameters.</summary>
    /// <param name="call">The node and what it read.</param>
    /// <param name="output">What it made.</param>
    /// <param name="gradient">The gradient of that.</param>
    /// <param name="inputGradient">Where the gradient of an input goes.</param>
    /// <param name="parameterGradient">Where the gradient of a parameter's role goes; empty when the op has no such role.</param>
    internal static void Run<T>(ReferenceCall<T> call, ReadOnlySpan<T> output, ReadOnlySpan<T> gradient, Func<int, T[]> inputGradient, Func<string, T[]> parameterGradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int batch = call.Batch;
        ReadOnlySpan<T> x = call.Input(0);
        FeatureMap shape = call.InputShape(0);
        Span<T> dx = inputGradient(0);
        switch (call.Node.Op)
        {
            case Conv2d op:
                Reference.Conv2dGradient(x, batch, shape, call.Parameter("weight"), op.OutChannels, Geometry.Of(op), gradient, dx, parameterGradient("weight"), parameterGradient("bias"));
                break;
            case Graphs.Linear op:
                Reference.LinearGradient(x, batch, op.InFeatures, call.Parameter("weight"), op.OutFeatures, gradient, dx, parameterGradient("weight"), parameterGradient("bias"));
                break;
            case BatchNorm op:
                Reference.BatchNormGradient(
                    x, batch, shape, call.Parameter("running_mean"), call.Parameter("running_var"), call.Parameter("weight"), T.CreateSaturating(op.Epsilon),
                    gradient, dx, parameterGradient("weight"), parameterGradient("bias"));
                break;
            case GroupNorm op:
                Reference.GroupNormGradient(x, batch, shape, op.Groups, call.Parameter("weight"), T.CreateSaturating(op.Epsilon), gradient, dx, parameterGradient("weight"), parameterGradient("bias"));
                break;
            case ActivationOp op:
                Reference.ActivateGradient(x, op.Activation, gradient, dx);
                break;
            case Softmax:
                Reference.SoftmaxGradient(output, batch, shape, gradient, dx);
                break;
            case MaxPool op:
                Reference.MaxPoolGradient(x, batch, shape, Geometry.Of(op), gradient, dx);
                break;
            case AveragePool op:
                Reference.AveragePoolGradient(batch, shape, Geometry.Of(op), gradient, dx);
                break;
            case AdaptiveAveragePool op:
                Reference.AdaptiveAveragePoolGradient(batch, shape, op.Output.Height, op.Output.Width, gradient, dx);
                break;
            case Pad op:
                Reference.PadGradient(gradient, batch, shape, op.Padding, dx);
                break;
            case ChannelSlice op:
                Reference.ChannelSliceGradient(gradient, batch, shape, op.Start, op.Count, dx);
                break;
            case ChannelShuffle op:
                Reference.ChannelShuffleGradient(gradient, batch, shape, op.Groups, dx);
                break;
            case PadChannels op:
                Reference.PadChannelsGradient(gradient, batch, shape, op.Before, op.After, dx);
                break;
            case Graphs.Concat:
                OfConcat(call, gradient, inputGradient);
                break;
            case Multiply:
                Reference.MultiplyGradient(x, batch, shape, call.Input(1), call.InputShape(1), gradient, dx, inputGradient(1));
                break;
            case Graphs.Add or Flatten:
                OfSum(call, gradient, inputGradient);
                break;
            default:
                throw new NotSupportedException($"There is no reference gradient for {call.Node.Op.Kind}.");
        }
    }

    private static void OfSum<T>(ReferenceCall<T> call, ReadOnlySpan<T> gradient, Func<int, T[]> inputGradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < call.InputCount; i++)
        {
            Reference.AddScaled(gradient, T.One, inputGradient(i));
        }
    }

    private static void OfConcat<T>(ReferenceCall<T> call, ReadOnlySpan<T> gradient, Func<int, T[]> inputGradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int first = 0;
        for (int i = 0; i < call.InputCount; i++)
        {
            FeatureMap shape = call.InputShape(i);
            Reference.ConcatGradient(gradient, call.Batch, shape, first, call.OutputShape.Channels, inputGradient(i));
            first += shape.Channels;
        }
    }
}
