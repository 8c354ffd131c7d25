namespace Espalier.Tensors;

/// <summary>How an image is converted to a network's input: resize, crop at the centre, normalize.</summary>
public sealed record Preprocessing
{
    /// <summary>The usual preprocessing for evaluating ImageNet classifiers: the shorter side to 256, a crop of 224, ImageNet's means and standard deviations.</summary>
    public static Preprocessing ImageNet { get; } = new() { Resize = 256, Crop = new Size(224, 224), Normalization = Normalization.ImageNet };

    /// <summary>Length of the shorter side after resizing, in pixels; the aspect ratio is kept. <see langword="null"/> for no such resizing.</summary>
    public int? Resize { get; init; }

    /// <summary>Height and width after resizing, without keeping the aspect ratio (Keras' <c>target_size</c>); <see langword="null"/> for no such resizing. Cannot be combined with <see cref="Resize"/>.</summary>
    public Size? Stretch { get; init; }

    /// <summary>Size of the centre crop, in pixels, or <see langword="null"/> for no crop.</summary>
    public Size? Crop { get; init; }

    /// <summary>The filter used for resizing.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>How pixels are converted to floats: channel order, range, means and standard deviations.</summary>
    public Normalization Normalization { get; init; } = new([0, 0, 0], [1, 1, 1]);
}
