using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>x for x &gt; 0, otherwise slope · x, with a slope for each channel or one for all.</summary>
internal sealed class PReluOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly int _slopes = ((PRelu)node.Op).Slopes;

    internal override void Forward(ForwardCall call) => Device.Run(
        Activate, call.Output.Length, new Call(call.Inputs[0], call.Parameter("weight"), default, OutputShape.Pixels, new GradientTarget(call.Output, adds: false)));

    internal override void Backward(BackwardCall call)
    {
        ArrayView<float> input = call.Forward.Inputs[0];
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Device.Run(Gradient, target.View.Length, new Call(input, call.Forward.Parameter("weight"), call.Gradient, OutputShape.Pixels, target));
        }

        if (call.ParameterGradient("weight") is { Length: > 0 } slopes)
        {
            Sets sets = _slopes == 1 ? Sets.Blocks(1, call.Samples * OutputShape.Length) : Sets.Channels(call.Samples, OutputShape);
            SetSums.Run(Device, new SlopeTerms(input, call.Gradient), sets, 1, new GradientTarget(slopes, adds: true));
        }
    }

    internal readonly struct Call(ArrayView<float> input, ArrayView<float> slopes, ArrayView<float> gradient, int pixels, GradientTarget result)
    {
        internal readonly ArrayView<float> Input = input, Gradient = gradient;
        internal readonly GradientTarget Result = result;
        private readonly ArrayView<float> _slopes = slopes;
        private readonly int _pixels = pixels;

        internal float Of(int at, float value) => Input[at] > 0 ? value : _slopes[at / _pixels % _slopes.IntLength] * value;
    }

    internal readonly struct SlopeTerms(ArrayView<float> input, ArrayView<float> gradient) : ITerms
    {
        private readonly ArrayView<float> _input = input, _gradient = gradient;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set) => (_input[at] > 0 ? 0 : _input[at] * _gradient[at], 0);
    }

    private static void Activate(Index1D i, Call call) => call.Result.Store(i, call.Of(i, call.Input[i]));

    private static void Gradient(Index1D i, Call call) => call.Result.Store(i, call.Of(i, call.Gradient[i]));
}
