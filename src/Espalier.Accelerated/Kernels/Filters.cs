using Espalier.Graphs;
using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>Kernels that make the weights of layers of their parameters.</summary>
internal static class Filters
{
    internal readonly struct Call(ArrayView<float> weight, ArrayView<float> scales, ArrayView<float> gradient, ArrayView<float> result, int filters, float constant)
    {
        internal readonly ArrayView<float> Weight = weight, Scales = scales, Gradient = gradient, Result = result;
        internal readonly int Length = weight.IntLength / filters;
        internal readonly float Constant = constant;
    }

    /// <summary>Standardizes filters (Qiao 2019, "Weight standardization", eq. 2).</summary>
    internal static void Standardize(Device device, ArrayView<float> weight, int filters, float epsilon, ArrayView<float> result) =>
        device.Run(Standardize, filters, new Call(weight, default, default, result, filters, epsilon));

    /// <summary>Adds the gradient of filters before they were standardized.</summary>
    internal static void StandardizeGradient(Device device, ArrayView<float> weight, int filters, float epsilon, ArrayView<float> gradient, ArrayView<float> result) =>
        device.Run(StandardizeGradient, result.Length > 0 ? filters : 0, new Call(weight, default, gradient, result, filters, epsilon));

    /// <summary>Rounds weights to 8 bits.</summary>
    internal static void Round(Device device, ArrayView<float> weight, ArrayView<float> scales, ArrayView<float> result) =>
        device.Run(Round, weight.Length, new Call(weight, scales, default, result, scales.IntLength, 0));

    /// <summary>Adds the gradient of weights before they were rounded: that of the rounded ones, where they were not limited.</summary>
    internal static void RoundGradient(Device device, ArrayView<float> weight, ArrayView<float> scales, ArrayView<float> gradient, ArrayView<float> result) =>
        device.Run(RoundGradient, result.Length, new Call(weight, scales, gradient, result, scales.IntLength, 0));

    /// <summary>Adds the gradients of the scales, times a factor (Esser 2020, "Learned step size quantization", §2.1).</summary>
    internal static void ScaleGradients(Device device, ArrayView<float> weight, ArrayView<float> scales, ArrayView<float> gradient, float factor, ArrayView<float> result) =>
        device.Run(ScaleGradients, result.Length, new Call(weight, scales, gradient, result, scales.IntLength, factor));

    private static (float Mean, float InverseDeviation) Moments(int filter, Call call)
    {
        float sum = 0, squares = 0;
        for (int i = 0; i < call.Length; i++)
        {
            sum += call.Weight[(filter * call.Length) + i];
        }

        float mean = sum / call.Length;
        for (int i = 0; i < call.Length; i++)
        {
            float difference = call.Weight[(filter * call.Length) + i] - mean;
            squares += difference * difference;
        }

        return (mean, 1 / XMath.Sqrt((squares / call.Length) + call.Constant));
    }

    private static void Standardize(Index1D filter, Call call)
    {
        (float mean, float inverse) = Moments(filter, call);
        for (int i = filter * call.Length; i < (filter + 1) * call.Length; i++)
        {
            call.Result[i] = (call.Weight[i] - mean) * inverse;
        }
    }

    private static void StandardizeGradient(Index1D filter, Call call)
    {
        (float mean, float inverse) = Moments(filter, call);
        (float sum, float products) = (0, 0);
        for (int i = filter * call.Length; i < (filter + 1) * call.Length; i++)
        {
            sum += call.Gradient[i];
            products += call.Gradient[i] * ((call.Weight[i] - mean) * inverse);
        }

        for (int i = filter * call.Length; i < (filter + 1) * call.Length; i++)
        {
            float standardized = (call.Weight[i] - mean) * inverse;
            call.Result[i] += inverse * (call.Gradient[i] - (sum / call.Length) - (standardized * products / call.Length));
        }
    }

    private static float Limited(float integer) => integer < -QuantizedLayer.Greatest ? -QuantizedLayer.Greatest : integer > QuantizedLayer.Greatest ? QuantizedLayer.Greatest : integer;

    private static void Round(Index1D i, Call call) => call.Result[i] = Limited(Rounding.HalfToEven(call.Weight[i] / call.Scales[i / call.Length])) * call.Scales[i / call.Length];

    private static void RoundGradient(Index1D i, Call call)
    {
        float integer = Rounding.HalfToEven(call.Weight[i] / call.Scales[i / call.Length]);
        call.Result[i] += Limited(integer) == integer ? call.Gradient[i] : 0;
    }

    private static void ScaleGradients(Index1D filter, Call call)
    {
        float sum = 0;
        for (int i = filter * call.Length; i < (filter + 1) * call.Length; i++)
        {
            float quotient = call.Weight[i] / call.Scales[filter], integer = Rounding.HalfToEven(quotient);
            sum += call.Gradient[i] * (Limited(integer) == integer ? integer - quotient : Limited(integer));
        }

        call.Result[filter] += sum * call.Constant;
    }
}
