using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options for any network of the zoo. <see langword="null"/> stands for the published setting.</summary>
public readonly record struct ZooOptions
{
    /// <summary>Number of classes; 1000 for ImageNet, 10 for CIFAR by default.</summary>
    public int? Classes { get; init; }

    /// <summary>Input channels; 3 by default.</summary>
    public int? InputChannels { get; init; }

    /// <summary>Input size in pixels; 224x224 for ImageNet, 32x32 for CIFAR by default.</summary>
    public Size? InputSize { get; init; }

    /// <summary>Multi-branch blocks to replace convolutions with. Convolutions that a block cannot replace are kept.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>Parts of a residual network to replace, such as its stem or its norms. Other networks have no such parts.</summary>
    public ResidualVariant Residual { get; init; }
}
