using Espalier.Graphs;
using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>Local response norm: x / (k + α/size · Σ x²)^β over channels around each (Krizhevsky 2012, §3.3).</summary>
internal sealed class LocalResponseNormOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly LocalResponseNorm _op = (LocalResponseNorm)node.Op;

    internal override void Forward(ForwardCall call) =>
        Device.Run(Normalize, call.Output.Length, new Window(_op, call.Inputs[0], OutputShape.Channels, OutputShape.Pixels, default, default, new GradientTarget(call.Output, adds: false)));

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            var window = new Window(_op, call.Forward.Inputs[0], OutputShape.Channels, OutputShape.Pixels, call.Gradient, Device.Scratch(call.Gradient.Length), target);
            Device.Run(Shares, call.Gradient.Length, window);
            Device.Run(Gradient, call.Gradient.Length, window);
        }
    }

    internal readonly struct Window(LocalResponseNorm op, ArrayView<float> input, int channels, int pixels, ArrayView<float> gradient, ArrayView<float> shares, GradientTarget result)
    {
        internal readonly ArrayView<float> Input = input, Gradient = gradient, Shares = shares;
        internal readonly GradientTarget Result = result;
        internal readonly float Beta = (float)op.Beta, Factor = (float)(-2 * op.Alpha * op.Beta / op.Size);
        private readonly int _half = op.Size / 2, _channels = channels, _pixels = pixels;
        private readonly float _scale = (float)(op.Alpha / op.Size), _k = (float)op.K;

        /// <summary>The base of the power of an element.</summary>
        internal float Base(int at) => _k + (_scale * Sum(at, Input, Input));

        /// <summary>The sum of products over the channels around an element; of the first operand alone where the second is empty.</summary>
        internal float Sum(int at, ArrayView<float> left, ArrayView<float> right)
        {
            int channel = at / _pixels % _channels;
            int first = IntrinsicMath.Max(0, channel - _half), end = IntrinsicMath.Min(_channels, channel + _half + 1);
            float sum = 0;
            for (int i = at + ((first - channel) * _pixels); i < at + ((end - channel) * _pixels); i += _pixels)
            {
                sum += right.Length > 0 ? left[i] * right[i] : left[i];
            }

            return sum;
        }
    }

    private static void Normalize(Index1D i, Window call) => call.Result.Store(i, call.Input[i] / XMath.Pow(call.Base(i), call.Beta));

    // With s the base of the power: dy/dx of the own channel is s^-β, and every channel of the window has −β·s^(−β−1)·x · 2α/size·x of it. What all of them share is stored first.
    private static void Shares(Index1D i, Window call) => call.Shares[i] = call.Gradient[i] * call.Input[i] * call.Factor / XMath.Pow(call.Base(i), call.Beta + 1);

    private static void Gradient(Index1D i, Window call) =>
        call.Result.Store(i, (call.Gradient[i] / XMath.Pow(call.Base(i), call.Beta)) + (call.Input[i] * call.Sum(i, call.Shares, default)));
}
