using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A convolution along the channels of one pixel, padded with zeros to as many channels.</summary>
internal sealed class ChannelConvolutionOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly int _kernel = ((ChannelConv1d)node.Op).Kernel;

    internal override void Forward(ForwardCall call) =>
        Device.Run(Run, call.Output.Length, new Call(call.Inputs[0], call.Parameter("weight"), OutputShape.Channels, 1, new GradientTarget(call.Output, adds: false)));

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Device.Run(Run, target.View.Length, new Call(call.Gradient, call.Forward.Parameter("weight"), OutputShape.Channels, -1, target));
        }

        if (call.ParameterGradient("weight") is { Length: > 0 } weight)
        {
            var terms = new WeightTerms(call.Forward.Inputs[0], call.Gradient, OutputShape.Channels, _kernel / 2);
            SetSums.Run(Device, terms, Sets.Repeated(_kernel, call.Samples * OutputShape.Channels), 1, new GradientTarget(weight, adds: true));
        }
    }

    internal readonly struct Call(ArrayView<float> values, ArrayView<float> weight, int channels, int direction, GradientTarget result)
    {
        internal readonly ArrayView<float> Values = values, Weight = weight;
        internal readonly int Channels = channels, Direction = direction;
        internal readonly GradientTarget Result = result;
    }

    // A set for each weight.
    internal readonly struct WeightTerms(ArrayView<float> input, ArrayView<float> gradient, int channels, int half) : ITerms
    {
        private readonly ArrayView<float> _input = input, _gradient = gradient;
        private readonly int _channels = channels, _half = half;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set)
        {
            int offset = set - _half, channel = (at % _channels) + offset;
            return (channel >= 0 && channel < _channels ? _gradient[at] * _input[at + offset] : 0, 0);
        }
    }

    // Backward the kernel is read from its end.
    private static void Run(Index1D i, Call call)
    {
        int own = i % call.Channels, half = call.Weight.IntLength / 2;
        float sum = 0;
        for (int k = 0; k < call.Weight.IntLength; k++)
        {
            int offset = (k - half) * call.Direction;
            sum += own + offset >= 0 && own + offset < call.Channels ? call.Weight[k] * call.Values[i + offset] : 0;
        }

        call.Result.Store(i, sum);
    }
}
