using Espalier.Kernels;
using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>The update rules of optimizers: those of <see cref="OptimizerKernel"/>, a thread for each number.</summary>
internal static class ParameterUpdates
{
    internal readonly struct SgdCall(ArrayView<float> value, ArrayView<float> gradient, ArrayView<float> velocity, SgdSettings settings)
    {
        internal readonly ArrayView<float> Value = value, Gradient = gradient, Velocity = velocity;
        internal readonly float Rate = settings.LearningRate, Scale = settings.GradientScale, Decay = settings.WeightDecay;

        // velocity = kept · velocity + added · step
        internal readonly float Kept = settings.IsFirstStep ? 0 : settings.Momentum, Added = settings.IsFirstStep ? 1 : 1 - settings.Dampening;

        // what is subtracted = own · step + moved · velocity
        internal readonly float Own = settings.Nesterov ? 1 : 0, Moved = settings.Nesterov ? settings.Momentum : 1;
    }

    internal readonly struct AdamWCall(ArrayView<float> value, ArrayView<float> gradient, ArrayView<float> first, ArrayView<float> second, AdamWSettings settings)
    {
        internal readonly ArrayView<float> Value = value, Gradient = gradient, First = first, Second = second;
        internal readonly float Scale = settings.GradientScale, Beta1 = settings.Beta1, Beta2 = settings.Beta2, Eps = settings.Eps;
        internal readonly float Kept = 1 - (settings.LearningRate * settings.WeightDecay);
        internal readonly float StepSize = (float)(settings.LearningRate / (1 - Math.Pow(settings.Beta1, settings.Step)));
        internal readonly float Correction = (float)Math.Sqrt(1 - Math.Pow(settings.Beta2, settings.Step));
    }

    /// <summary>One step of stochastic gradient descent; the velocity is empty without momentum.</summary>
    internal static void Sgd(Device device, ArrayView<float> value, ArrayView<float> gradient, ArrayView<float> velocity, in SgdSettings settings) =>
        device.Run(Sgd, value.Length, new SgdCall(value, gradient, velocity, settings));

    /// <summary>One step of AdamW.</summary>
    internal static void AdamW(Device device, ArrayView<float> value, ArrayView<float> gradient, ArrayView<float> first, ArrayView<float> second, in AdamWSettings settings) =>
        device.Run(AdamW, value.Length, new AdamWCall(value, gradient, first, second, settings));

    private static void Sgd(Index1D i, SgdCall call)
    {
        float step = (call.Gradient[i] * call.Scale) + (call.Value[i] * call.Decay);
        if (call.Velocity.Length > 0)
        {
            float moving = (call.Velocity[i] * call.Kept) + (step * call.Added);
            call.Velocity[i] = moving;
            step = (step * call.Own) + (moving * call.Moved);
        }

        call.Value[i] -= step * call.Rate;
    }

    private static void AdamW(Index1D i, AdamWCall call)
    {
        float slope = call.Gradient[i] * call.Scale;
        float mean = (call.First[i] * call.Beta1) + (slope * (1 - call.Beta1));
        float square = (call.Second[i] * call.Beta2) + (slope * slope * (1 - call.Beta2));
        call.First[i] = mean;
        call.Second[i] = square;
        float deviation = (XMath.Sqrt(square) / call.Correction) + call.Eps;
        call.Value[i] = (call.Value[i] * call.Kept) - (mean * call.StepSize / deviation);
    }
}
