using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a MobileNet v1.</summary>
public readonly record struct MobileNetV1Options()
{
    /// <summary>The width multiplier α, by which the number of channels of every layer is multiplied.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
