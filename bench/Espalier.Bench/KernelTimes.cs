using Espalier.Kernels;

namespace Espalier.Bench;

/// <summary>How long the convolutions of a network take on one thread.</summary>
/// <param name="Layers">The layers, in the network's order.</param>
/// <param name="Packed">Their packed weights.</param>
/// <param name="Cold">For each layer the seconds of every run of the network.</param>
/// <param name="Hot">For each layer the seconds of the best of a few runs one after the other.</param>
/// <param name="PeakGigaflops">What the arithmetic units did at most, measured between the runs.</param>
internal sealed record KernelTimes(
    IReadOnlyList<ConvolutionLayer> Layers, IReadOnlyList<PackedConvolution> Packed, IReadOnlyList<double[]> Cold, IReadOnlyList<double> Hot, double PeakGigaflops);
