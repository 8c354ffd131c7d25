namespace Espalier.Data;

/// <summary>How an image is padded.</summary>
public enum CropBorder
{
    /// <summary>With black pixels.</summary>
    Zero,

    /// <summary>With the image mirrored at its outermost pixels, which are not repeated.</summary>
    Reflect,
}
