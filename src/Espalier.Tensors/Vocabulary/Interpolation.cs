namespace Espalier.Tensors;

/// <summary>The filter used for resizing, as in Pillow and torchvision. All but <see cref="Nearest"/> are widened when an image is made smaller, so that every input pixel contributes (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle filter of radius 1; torchvision's default.</summary>
    Bilinear,

    /// <summary>Keys' cubic filter of radius 2 with a = −1/2 ("Cubic convolution interpolation for digital image processing", IEEE ASSP 1981).</summary>
    Bicubic,

    /// <summary>A sinc filter of radius 3 with a Lanczos window.</summary>
    Lanczos,

    /// <summary>A box filter of radius 1/2: the mean of the input pixels that an output pixel covers.</summary>
    Box,

    /// <summary>The input pixel under the centre of the output pixel, without averaging; the default of Keras' image loaders.</summary>
    Nearest,
}
