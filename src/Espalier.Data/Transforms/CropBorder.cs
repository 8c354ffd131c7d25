namespace Espalier.Data;

/// <summary>What a picture is padded with.</summary>
public enum CropBorder
{
    /// <summary>Black.</summary>
    Zero,

    /// <summary>The picture mirrored at its outermost pixels, which are not repeated.</summary>
    Reflect,
}
