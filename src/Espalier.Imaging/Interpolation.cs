namespace Espalier.Imaging;

/// <summary>The filter used for resizing. It is widened when an image is made smaller, so that every input pixel contributes (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle filter of radius 1; torchvision's default.</summary>
    Bilinear,

    /// <summary>Keys' cubic filter of radius 2 with a = −1/2 ("Cubic convolution interpolation for digital image processing", IEEE ASSP 1981).</summary>
    Bicubic,
}
