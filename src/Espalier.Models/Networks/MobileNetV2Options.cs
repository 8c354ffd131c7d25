using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A MobileNet v2.</summary>
public readonly record struct MobileNetV2Options()
{
    /// <summary>What every layer's channels are multiplied with, and then rounded to a multiple of 8.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Probability that a feature is dropped before the classifier while training.</summary>
    public double Dropout { get; init; } = 0.2;
}
