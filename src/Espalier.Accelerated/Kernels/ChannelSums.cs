using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Sums over the pixels of each channel, of all samples.</summary>
internal static class ChannelSums
{
    /// <summary>Threads for each channel; neighbouring ones read neighbouring pixels.</summary>
    internal const int Lanes = 256;

    internal readonly struct Terms(ArrayView<float> values, ArrayView<float> sums, int samples, FeatureMap shape)
    {
        internal readonly ArrayView<float> Values = values, Sums = sums;
        internal readonly int Samples = samples, Channels = shape.Channels, Pixels = shape.Pixels;
    }

    /// <summary>Adds the sum of each channel to the result.</summary>
    internal static void Add(Device device, ArrayView<float> values, int samples, FeatureMap shape, ArrayView<float> result)
    {
        ArrayView<float> sums = device.Scratch((long)shape.Channels * Lanes);
        device.Run(Sum, sums.Length, new Terms(values, sums, samples, shape));
        Reductions.AddRows(device, sums, Lanes, result, adds: true);
    }

    private static void Sum(Index1D i, Terms call)
    {
        int lane = i % Lanes, channel = i / Lanes;
        float sum = 0;
        for (int at = lane; at < call.Samples * call.Pixels; at += Lanes)
        {
            sum += call.Values[(((at / call.Pixels * call.Channels) + channel) * call.Pixels) + (at % call.Pixels)];
        }

        call.Sums[(lane * call.Channels) + channel] = sum;
    }
}
