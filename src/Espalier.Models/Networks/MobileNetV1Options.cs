using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A MobileNet v1.</summary>
public readonly record struct MobileNetV1Options()
{
    /// <summary>What every layer's channels are multiplied with: the paper's α.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
