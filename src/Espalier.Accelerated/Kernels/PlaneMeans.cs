using ILGPU;

namespace Espalier.Accelerated;

/// <summary>The mean of each channel of each sample.</summary>
internal static class PlaneMeans
{
    private const int Lanes = 32; // threads for each channel; neighbouring ones read neighbouring pixels

    internal readonly struct Call(ArrayView<float> from, ArrayView<float> to, int pixels)
    {
        internal readonly ArrayView<float> From = from, To = to;
        internal readonly int Pixels = pixels;
    }

    /// <summary>Computes the means.</summary>
    /// <param name="device">The device.</param>
    /// <param name="input">The channels of all samples.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="output">A number for each channel of each sample.</param>
    internal static void Compute(Device device, ArrayView<float> input, int pixels, ArrayView<float> output)
    {
        ArrayView<float> sums = device.Scratch(output.Length * Lanes);
        device.Run(Sum, sums.Length, new Call(input, sums, pixels));
        device.Run(Mean, output.Length, new Call(sums, output, pixels));
    }

    private static void Sum(Index1D i, Call call)
    {
        int lane = i % Lanes, plane = i / Lanes;
        float sum = 0;
        for (int pixel = lane; pixel < call.Pixels; pixel += Lanes)
        {
            sum += call.From[(plane * call.Pixels) + pixel];
        }

        call.To[(lane * (call.To.IntLength / Lanes)) + plane] = sum;
    }

    private static void Mean(Index1D plane, Call call)
    {
        float sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            sum += call.From[(lane * call.To.IntLength) + plane];
        }

        call.To[plane] = sum / call.Pixels;
    }
}
