using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A product, element by element; the second input may have one value for each channel of a sample.</summary>
internal sealed class MultiplyOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override bool HasEpilogue => true;

    // Elements of the first input for each of the second.
    private int Each => InputShape(0).Length / InputShape(1).Length;

    internal override void Forward(ForwardCall call) =>
        Device.Run(Multiply, call.Output.Length, new Product(call.Inputs[0], call.Inputs[1], Each, call.Activation, new GradientTarget(call.Output, adds: false)));

    internal override void Backward(BackwardCall call)
    {
        (ArrayView<float> left, ArrayView<float> right) = (call.Forward.Inputs[0], call.Forward.Inputs[1]);
        if (call.InputGradients[0] is { IsNeeded: true } ofLeft)
        {
            Device.Run(Multiply, ofLeft.View.Length, new Product(call.Gradient, right, Each, default, ofLeft));
        }

        if (call.InputGradients[1] is { IsNeeded: true } ofRight)
        {
            if (Each == 1)
            {
                Device.Run(Multiply, ofRight.View.Length, new Product(call.Gradient, left, 1, default, ofRight));
            }
            else
            {
                SetSums.Run(Device, new Terms(call.Gradient, left), Sets.Blocks(call.Samples * InputShape(1).Length, Each), 1, ofRight);
            }
        }
    }

    internal readonly struct Product(ArrayView<float> left, ArrayView<float> right, int each, DeviceActivation activation, GradientTarget result)
    {
        internal readonly ArrayView<float> Left = left, Right = right;
        internal readonly int Each = each;
        internal readonly DeviceActivation Activation = activation;
        internal readonly GradientTarget Result = result;
    }

    internal readonly struct Terms(ArrayView<float> left, ArrayView<float> right) : ITerms
    {
        private readonly ArrayView<float> _left = left, _right = right;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set) => (_left[at] * _right[at], 0);
    }

    private static void Multiply(Index1D i, Product call) => call.Result.Store(i, call.Activation.Of(call.Left[i] * call.Right[i / call.Each]));
}
