namespace Espalier.Tensors;

/// <summary>How an image becomes a network's input: resized, cropped at the centre, normalised.</summary>
public sealed record Preprocessing
{
    /// <summary>What ImageNet classifiers are evaluated with: the shorter side to 256, a crop of 224, the data set's mean and deviation.</summary>
    public static Preprocessing ImageNet { get; } = new() { Resize = 256, Crop = new Size(224, 224), Normalization = Normalization.ImageNet };

    /// <summary>Pixels of the shorter side after resizing, the other one in proportion; <see langword="null"/> not to resize so.</summary>
    public int? Resize { get; init; }

    /// <summary>Height and width after resizing, whatever the proportions were (Keras' <c>target_size</c>); <see langword="null"/> not to resize so. Not together with <see cref="Resize"/>.</summary>
    public Size? Stretch { get; init; }

    /// <summary>The part cut from the centre, or <see langword="null"/> for all of it.</summary>
    public Size? Crop { get; init; }

    /// <summary>The filter of the resize.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>How pixels become floats.</summary>
    public Normalization Normalization { get; init; } = new([0, 0, 0], [1, 1, 1]);
}
