using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>What can be chosen for every network of the zoo. What is left <see langword="null"/> is as published.</summary>
public readonly record struct ZooOptions
{
    /// <summary>Classes it tells apart; 1000 for ImageNet, 10 for CIFAR.</summary>
    public int? Classes { get; init; }

    /// <summary>Channels of the image; 3.</summary>
    public int? InputChannels { get; init; }

    /// <summary>Size of the image; 224x224 for ImageNet, 32x32 for CIFAR.</summary>
    public Size? InputSize { get; init; }

    /// <summary>Blocks to train with in the place of convolutions; <see cref="BlockSubstitution"/> tells which convolutions stayed plain and why.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }
}
