using System.Diagnostics;
using Espalier.Kernels;

namespace Espalier.Bench;

/// <summary>Times one convolution over the buffers of its network, on one thread.</summary>
internal static class LayerTime
{
    internal static double Seconds(ConvolutionLayer layer, PackedConvolution packed, IReadOnlyList<Memory<float>> buffers, Memory<float> scratch)
    {
        long start = Stopwatch.GetTimestamp();
        packed.Run(
            new ConvolutionOperands
            {
                Batch = 1,
                Input = buffers[layer.InputBuffer].Span,
                Residual = layer.ResidualBuffer < 0 ? [] : buffers[layer.ResidualBuffer].Span,
                Output = buffers[layer.OutputBuffer].Span,
                Scratch = scratch.Span,
            },
            part: 0,
            parts: 1);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
