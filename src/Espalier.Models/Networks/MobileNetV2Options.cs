using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a MobileNet v2.</summary>
public readonly record struct MobileNetV2Options()
{
    /// <summary>The width multiplier, by which the number of channels of every layer is multiplied; the products are rounded to multiples of 8.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Dropout probability before the classifier during training.</summary>
    public double Dropout { get; init; } = 0.2;
}
