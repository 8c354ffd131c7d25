namespace Espalier.Data;

/// <summary>The operations of <see cref="RandAugment"/>.</summary>
public enum AugmentOperation
{
    /// <summary>Leaves the image unchanged.</summary>
    Identity,

    /// <summary>Shears rows, by up to 0.3.</summary>
    ShearX,

    /// <summary>Shears columns, by up to 0.3.</summary>
    ShearY,

    /// <summary>Moves right or left, by up to 150/331 of the width.</summary>
    TranslateX,

    /// <summary>Moves down or up, by up to 150/331 of the height.</summary>
    TranslateY,

    /// <summary>Rotates by up to 30 degrees.</summary>
    Rotate,

    /// <summary>Changes brightness by a factor from 0.1 to 1.9.</summary>
    Brightness,

    /// <summary>Changes saturation by a factor from 0.1 to 1.9.</summary>
    Saturation,

    /// <summary>Changes contrast by a factor from 0.1 to 1.9.</summary>
    Contrast,

    /// <summary>Changes sharpness by a factor from 0.1 to 1.9.</summary>
    Sharpness,

    /// <summary>Keeps the 4 to 8 highest bits of each value.</summary>
    Posterize,

    /// <summary>Inverts values at or above a threshold, from 255 down to 0.</summary>
    Solarize,

    /// <summary>Stretches each channel to the full range.</summary>
    AutoContrast,

    /// <summary>Equalizes each channel's histogram.</summary>
    Equalize,
}
