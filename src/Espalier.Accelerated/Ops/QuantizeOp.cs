using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Rounding to unsigned 8 bits, in float32, with the straight-through gradient and that of the scale.</summary>
internal sealed class QuantizeOp : DeviceOp
{
    private readonly ArrayView<float> _factors; // of the scale's gradient, for each zero point

    internal QuantizeOp(Device device, Graph graph, Node node) : base(device, graph, node)
    {
        float[] factors = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(zeroPoint => (float)ScaleGradient.OfPoint(OutputShape.Length, (byte)zeroPoint))];
        _factors = Upload<float>(factors);
    }

    internal override void Forward(ForwardCall call) =>
        Device.Run(Round, call.Output.Length, new Call(new Point(call), call.Inputs[0], default, new GradientTarget(call.Output, adds: false)));

    internal override void Backward(BackwardCall call)
    {
        var point = new Point(call.Forward);
        ArrayView<float> input = call.Forward.Inputs[0];
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Device.Run(Gradient, target.View.Length, new Call(point, input, call.Gradient, target));
        }

        if (call.ParameterGradient("scale") is { Length: > 0 } scale)
        {
            var terms = new ScaleTerms(point, input, call.Gradient, _factors);
            SetSums.Run(Device, terms, Sets.Blocks(1, call.Samples * OutputShape.Length), 1, new GradientTarget(scale, adds: true));
        }
    }

    internal readonly struct Point(ForwardCall call)
    {
        private readonly ArrayView<float> _scale = call.Parameter("scale"), _zeroPoint = call.Parameter("zero_point");

        internal float Scale => _scale[0];

        internal float Zero => _zeroPoint[0];

        internal float Integer(float value) => Rounding.HalfToEven(value / Scale) + Zero;

        internal static float Limited(float integer) => integer < 0 ? 0 : integer > byte.MaxValue ? byte.MaxValue : integer;
    }

    internal readonly struct Call(Point point, ArrayView<float> input, ArrayView<float> gradient, GradientTarget result)
    {
        internal readonly Point Point = point;
        internal readonly ArrayView<float> Input = input, Gradient = gradient;
        internal readonly GradientTarget Result = result;
    }

    // Esser 2020, "Learned step size quantization", §2.1.
    internal readonly struct ScaleTerms(Point point, ArrayView<float> input, ArrayView<float> gradient, ArrayView<float> factors) : ITerms
    {
        private readonly Point _point = point;
        private readonly ArrayView<float> _input = input, _gradient = gradient, _factors = factors;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set)
        {
            float integer = _point.Integer(_input[at]), limited = Point.Limited(integer), zero = _point.Zero;
            float term = limited - zero - (limited == integer ? _input[at] / _point.Scale : 0);
            return (_gradient[at] * term * _factors[(int)zero], 0);
        }
    }

    private static void Round(Index1D i, Call call) => call.Result.Store(i, (Point.Limited(call.Point.Integer(call.Input[i])) - call.Point.Zero) * call.Point.Scale);

    private static void Gradient(Index1D i, Call call)
    {
        float integer = call.Point.Integer(call.Input[i]);
        call.Result.Store(i, integer >= 0 && integer <= byte.MaxValue ? call.Gradient[i] : 0);
    }
}
