namespace Espalier.Graphs;

/// <summary>The filter used for resizing images.</summary>
public enum Interpolation
{
    /// <summary>The triangle filter, widened when an image is made smaller (antialiased): torchvision's default.</summary>
    Bilinear,

    /// <summary>The cubic filter with a = −0.5, widened when an image is made smaller.</summary>
    Bicubic,
}

/// <summary>How an image is converted to a network's input: resize, crop, scale to 0…1, normalize each channel.</summary>
public sealed record Preprocessing
{
    /// <summary>The usual preprocessing for evaluating ImageNet classifiers: resize 256, crop 224, ImageNet's means and standard deviations.</summary>
    public static Preprocessing ImageNet { get; } = new()
    {
        Resize = 256,
        Crop = new Size(224, 224),
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
    };

    /// <summary>Length of the shorter side after resizing, in pixels, or <see langword="null"/> for no resizing.</summary>
    public int? Resize { get; init; }

    /// <summary>Size of the centre crop, in pixels, or <see langword="null"/> for no crop.</summary>
    public Size? Crop { get; init; }

    /// <summary>The filter used for resizing.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>The mean subtracted from each channel, whose values are from 0 to 1.</summary>
    public ValueList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>The standard deviation that each channel is divided by.</summary>
    public ValueList<float> StandardDeviation { get; init; } = [1, 1, 1];
}
