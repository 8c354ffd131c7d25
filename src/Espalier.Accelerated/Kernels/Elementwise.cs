using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Kernels of one thread for each element.</summary>
internal static class Elementwise
{
    internal readonly struct Activated(ArrayView<float> input, DeviceActivation activation, ArrayView<float> output)
    {
        internal readonly ArrayView<float> Input = input, Output = output;
        internal readonly DeviceActivation Activation = activation;
    }

    internal readonly struct ActivatedGradient(ArrayView<float> input, DeviceActivation activation, ArrayView<float> gradient, GradientTarget target)
    {
        internal readonly ArrayView<float> Input = input, Gradient = gradient;
        internal readonly DeviceActivation Activation = activation;
        internal readonly GradientTarget Target = target;
    }

    internal readonly struct Sum(ArrayView<float> left, ArrayView<float> right, DeviceActivation activation, ArrayView<float> output)
    {
        internal readonly ArrayView<float> Left = left, Right = right, Output = output;
        internal readonly DeviceActivation Activation = activation;
    }

    internal readonly struct WeightedSum(ArrayView<float> left, float leftFactor, ArrayView<float> right, float rightFactor, DeviceActivation activation, ArrayView<float> output)
    {
        internal readonly ArrayView<float> Left = left, Right = right, Output = output;
        internal readonly float LeftFactor = leftFactor, RightFactor = rightFactor;
        internal readonly DeviceActivation Activation = activation;
    }

    internal readonly struct Passed(ArrayView<float> gradient, float factor, GradientTarget target)
    {
        internal readonly ArrayView<float> Gradient = gradient;
        internal readonly float Factor = factor;
        internal readonly GradientTarget Target = target;
    }

    /// <summary>Applies an activation; the output may be the input.</summary>
    internal static void Activate(Device device, ArrayView<float> input, DeviceActivation activation, ArrayView<float> output) =>
        device.Run(Activate, output.Length, new Activated(input, activation, output));

    /// <summary>The gradient of an activation's input.</summary>
    internal static void ActivationGradient(Device device, ArrayView<float> input, DeviceActivation activation, ArrayView<float> gradient, GradientTarget target) =>
        device.Run(ActivationGradient, gradient.Length, new ActivatedGradient(input, activation, gradient, target));

    /// <summary>A sum of two values with an activation; the output may be one of them.</summary>
    internal static void Add(Device device, ArrayView<float> left, ArrayView<float> right, DeviceActivation activation, ArrayView<float> output) =>
        device.Run(Add, output.Length, new Sum(left, right, activation, output));

    /// <summary>A sum of two values, each times its factor, with an activation. With a factor of 0 the left one is not part of the sum at all: its infinities do not give NaN.</summary>
    internal static void AddWeighted(Device device, ArrayView<float> left, float leftFactor, ArrayView<float> right, float rightFactor, DeviceActivation activation, ArrayView<float> output) =>
        device.Run(AddWeighted, output.Length, new WeightedSum(left, leftFactor, right, rightFactor, activation, output));

    /// <summary>Passes a gradient, times a factor.</summary>
    internal static void Pass(Device device, ArrayView<float> gradient, float factor, GradientTarget target) =>
        device.Run(Pass, gradient.Length, new Passed(gradient, factor, target));

    private static void Activate(Index1D i, Activated call) => call.Output[i] = call.Activation.Of(call.Input[i]);

    private static void ActivationGradient(Index1D i, ActivatedGradient call) => call.Target.Store(i, call.Gradient[i] * call.Activation.Derivative(call.Input[i]));

    private static void Add(Index1D i, Sum call) => call.Output[i] = call.Activation.Of(call.Left[i] + call.Right[i]);

    private static void AddWeighted(Index1D i, WeightedSum call)
    {
        float sum = call.RightFactor * call.Right[i];
        call.Output[i] = call.Activation.Of(call.LeftFactor == 0 ? sum : sum + (call.LeftFactor * call.Left[i]));
    }

    private static void Pass(Index1D i, Passed call) => call.Target.Store(i, call.Gradient[i] * call.Factor);
}
