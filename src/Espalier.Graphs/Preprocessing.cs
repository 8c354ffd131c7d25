using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How pixels are weighted when an image is resized.</summary>
public enum Interpolation
{
    /// <summary>The triangle filter, widened when shrinking (antialiased): torchvision's default.</summary>
    Bilinear,

    /// <summary>The cubic filter with a = −0.5, widened when shrinking.</summary>
    Bicubic,
}

/// <summary>How an image becomes a network's input: resize, crop, scale to 0…1, normalise each channel.</summary>
public sealed record Preprocessing
{
    /// <summary>What ImageNet classifiers are evaluated with: resize 256, crop 224, the data set's mean and deviation.</summary>
    public static Preprocessing ImageNet { get; } = new()
    {
        Resize = 256,
        Crop = new Size(224, 224),
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
    };

    /// <summary>Length of the shorter side after resizing, or <see langword="null"/> to leave the size.</summary>
    public int? Resize { get; init; }

    /// <summary>The part cut from the centre, or <see langword="null"/> for all of it.</summary>
    public Size? Crop { get; init; }

    /// <summary>The filter of the resize.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>Subtracted from each channel, which is in 0…1.</summary>
    public ValueList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Each channel is divided by it.</summary>
    public ValueList<float> StandardDeviation { get; init; } = [1, 1, 1];
}
