namespace Espalier.Tensors;

/// <summary>The filter that resizes an image, as Pillow and torchvision have it. All but <see cref="Nearest"/> average: making an image smaller widens the filter, so that every pixel counts (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle of radius 1; torchvision's default.</summary>
    Bilinear,

    /// <summary>Keys' cubic of radius 2 with a = −1/2 ("Cubic convolution interpolation for digital image processing", IEEE ASSP 1981).</summary>
    Bicubic,

    /// <summary>A sinc of radius 3, windowed by a wider one (Lanczos).</summary>
    Lanczos,

    /// <summary>A box of radius 1/2: the mean of the pixels that an output pixel covers.</summary>
    Box,

    /// <summary>The input pixel under the centre of the output pixel, without averaging; the default of Keras' image loaders.</summary>
    Nearest,
}
