namespace Espalier.Imaging;

/// <summary>The filter that resizing averages pixels with. Making a picture smaller widens it, so that every pixel counts (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle of radius 1; torchvision's default.</summary>
    Bilinear,

    /// <summary>Keys' cubic of radius 2 with a = −1/2 ("Cubic convolution interpolation for digital image processing", IEEE ASSP 1981).</summary>
    Bicubic,
}
