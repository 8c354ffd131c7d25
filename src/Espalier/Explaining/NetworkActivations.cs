using System.Collections.Immutable;
using System.Globalization;
using Espalier.Data;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The values of all nodes of a network on some images, from <see cref="ModelStatistics.MeasureActivations(Graphs.Model, string, ActivationOptions?, IProgress{double}?, CancellationToken)"/>.</summary>
public sealed record NetworkActivations
{
    /// <summary>The number of images that could be read.</summary>
    public required int Images { get; init; }

    /// <summary>The nodes, in graph order.</summary>
    public required ImmutableArray<NodeActivations> Nodes { get; init; }

    /// <summary>The residual blocks, in graph order; empty if there are none.</summary>
    public required ImmutableArray<BlockActivations> Blocks { get; init; }

    /// <summary>The images that could not be read, in the order of the data.</summary>
    public required IReadOnlyList<SampleFailure> Unreadable { get; init; }

    /// <summary>Messages for users about the data and about sums that are not residual blocks.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>The output of a node on some images. Values are those of the network as it stands, without folding.</summary>
public sealed record NodeActivations
{
    /// <summary>The node.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of its op, such as <c>conv2d</c> or <c>relu</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The shape of the output for one image; the first extent is the number of channels.</summary>
    public required Shape Shape { get; init; }

    /// <summary>The number of values: elements of the output times images.</summary>
    public required long Count { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation, of the population: divided by the number of values. He 2015 (§4.2, fig. 7) shows it for the layers of residual and plain networks.</summary>
    public required double Deviation { get; init; }

    /// <summary>The least value.</summary>
    public required float Least { get; init; }

    /// <summary>The greatest value.</summary>
    public required float Greatest { get; init; }

    /// <summary>The number of values that are exactly 0.</summary>
    public required long Zeros { get; init; }

    /// <summary>The distribution of the values, zeros included.</summary>
    public required Histogram Histogram { get; init; }

    /// <summary>
    /// The indices of the dead channels: those that are never above 0 on these images. <see langword="null"/> where that says little: for nodes other than activations, and for activations that pass negative values
    /// (leaky ReLU, ELU, SELU, tanh) or are positive everywhere (sigmoid).
    /// </summary>
    public required ImmutableArray<int>? DeadChannels { get; init; }

    /// <summary>The fraction of values that are exactly 0, from 0 to 1.</summary>
    public double ZeroShare => (double)Zeros / Count;

    /// <summary>The node as text: <c>layer1.0.relu1: 64x56x56, mean 0.21, 41.5% zeros</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Shape}, mean {Mean:0.###}, {ZeroShare:0.0%} zeros");
}

/// <summary>What a residual block adds to its shortcut on some images: for each image the L2 norms of the two values that are added at the end of the block.</summary>
public sealed record BlockActivations
{
    /// <summary>The block, such as <c>layer1.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of its shortcut.</summary>
    public required ShortcutKind Shortcut { get; init; }

    /// <summary>The number of images of the ratio: those whose shortcut is not zero.</summary>
    public required int Images { get; init; }

    /// <summary>
    /// ‖F(x)‖ / ‖x‖, the mean over the images: the branch divided by the shortcut, after a projection if there is one. Factors of stochastic depth are those of inference. NaN if the shortcut was zero for every image.
    /// He 2015 found small responses of residual branches in trained networks; a block of a small ratio changes little.
    /// </summary>
    public required double Ratio { get; init; }

    /// <summary>The least ratio of an image.</summary>
    public required double Least { get; init; }

    /// <summary>The greatest ratio of an image.</summary>
    public required double Greatest { get; init; }

    /// <summary>The mean of ‖F(x)‖ over all images.</summary>
    public required double BranchNorm { get; init; }

    /// <summary>The mean of ‖x‖ over all images.</summary>
    public required double ShortcutNorm { get; init; }

    /// <summary>The block as text: <c>layer1.0: 0.412 of its shortcut</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Ratio:0.###} of its shortcut");
}
