using System.Collections.Immutable;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The weights of all convolutions and linear layers of a network, from <see cref="ModelStatistics.MeasureWeights"/>.</summary>
/// <param name="Layers">The layers, in graph order. Layers that share a weight are listed once, as the first of them.</param>
/// <param name="Removed">The layers of the model before that this one does not have; empty if there was none before.</param>
public sealed record NetworkWeights(ImmutableArray<LayerWeights> Layers, ImmutableArray<string> Removed)
{
    /// <summary>The number of weights.</summary>
    public long Count => Layers.Sum(layer => layer.Count);

    /// <summary>The number of weights that are zero after masking.</summary>
    public long Zeros => Layers.Sum(layer => layer.Zeros);

    /// <summary>The fraction of weights that are zero after masking, from 0 to 1; NaN if there are no weights.</summary>
    public double Sparsity => (double)Zeros / Count;
}

/// <summary>The weights of a convolution or linear layer, as the network computes with them: after masking, and for 8-bit weights integer times scale. Standardized weights are described as stored.</summary>
public sealed record LayerWeights
{
    /// <summary>The layer.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the parameter.</summary>
    public required string Parameter { get; init; }

    /// <summary>The kind of the layer: <c>conv2d</c>, <c>linear</c> or <c>channel_conv1d</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The shape of the weight: output channels first, then input channels of one group, then the kernel.</summary>
    public required Shape Shape { get; init; }

    /// <summary>The number of bits of a stored weight: 8 for quantized weights, otherwise 32.</summary>
    public required int Bits { get; init; }

    /// <summary>The number of weights.</summary>
    public long Count => Shape.Count;

    /// <summary>The number of weights that the mask removes.</summary>
    public required long Masked { get; init; }

    /// <summary>The number of weights that are zero after masking, those of the mask included.</summary>
    public required long Zeros { get; init; }

    /// <summary>
    /// The number of zeros in 1x4 blocks of zeros: 4 consecutive input channels, from a multiple of 4 on, at one output channel and kernel position, which sparse kernels skip.
    /// <see langword="null"/> for layers with fewer than 4 input channels in a group, such as depthwise convolutions.
    /// </summary>
    public required long? ZerosInBlocks { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation, of the population: divided by the number of weights.</summary>
    public required double Deviation { get; init; }

    /// <summary>The least weight.</summary>
    public required float Least { get; init; }

    /// <summary>The greatest weight.</summary>
    public required float Greatest { get; init; }

    /// <summary>The distribution of the weights, zeros included.</summary>
    public required Histogram Histogram { get; init; }

    /// <summary>The L2 norm of the weights of each output channel.</summary>
    public required ImmutableArray<double> ChannelNorms { get; init; }

    /// <summary>The same layer of the model before, or <see langword="null"/> if there was none or it did not have the layer.</summary>
    public LayerBefore? Before { get; init; }

    /// <summary>The fraction of weights that are zero after masking, from 0 to 1.</summary>
    public double Sparsity => (double)Zeros / Count;

    /// <summary>The layer as text: <c>layer1.0.conv1: 64x64x1x1, 50.0% zeros</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Shape}, {Sparsity:0.0%} zeros");
}

/// <summary>The output channels of a layer in the model before, and which of them are left.</summary>
/// <param name="ChannelNorms">The L2 norm of the weights of each output channel before.</param>
/// <param name="Kept">For each output channel of the layer now, its index before; <see langword="null"/> if that cannot be known.</param>
/// <param name="Unpaired">Why it cannot be known, or <see langword="null"/>.</param>
public sealed record LayerBefore(ImmutableArray<double> ChannelNorms, ImmutableArray<int>? Kept, string? Unpaired);
