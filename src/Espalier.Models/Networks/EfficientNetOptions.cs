using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of an EfficientNet. <see cref="EfficientNetTable"/> has the options of the published networks.</summary>
public readonly record struct EfficientNetOptions()
{
    /// <summary>The architecture's name, such as <c>efficientnet_b0</c>.</summary>
    public string Architecture { get; init; } = "efficientnet";

    /// <summary>The stages, before they are scaled by <see cref="Width"/> and <see cref="Depth"/>.</summary>
    public ValueList<EfficientNetStage> Stages { get; init; } = [];

    /// <summary>Channels of the first convolution, before they are multiplied by the width.</summary>
    public int StemChannels { get; init; } = 32;

    /// <summary>Channels of the last convolution; <see langword="null"/> for four times those of the last stage.</summary>
    public int? LastChannels { get; init; }

    /// <summary>The width multiplier, by which the number of channels is multiplied; the products are rounded to multiples of 8.</summary>
    public double Width { get; init; } = 1;

    /// <summary>The depth multiplier, by which the number of blocks of each stage is multiplied; the products are rounded up.</summary>
    public double Depth { get; init; } = 1;

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>
    /// Stochastic depth during training: block i of n (counted from 0) is dropped for a sample with this probability times i/n, where it has a shortcut; survivors are
    /// divided by their probability (torchvision's mode <c>row</c>).
    /// </summary>
    public double StochasticDepth { get; init; } = 0.2;

    /// <summary>Dropout probability before the classifier during training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}

/// <summary>One stage of an EfficientNet: a row of the papers' tables.</summary>
/// <param name="Expansion">Inner channels of a block divided by its input channels.</param>
/// <param name="Kernel">Kernel size.</param>
/// <param name="Stride">Stride of the first block.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Fused">Whether its blocks are Fused-MBConv, and not MBConv with squeeze and excitation.</param>
public readonly record struct EfficientNetStage(int Expansion, int Kernel, int Stride, int Channels, int Blocks, bool Fused = false);
