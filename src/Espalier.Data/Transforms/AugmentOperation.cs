namespace Espalier.Data;

/// <summary>What <see cref="RandAugment"/> chooses from.</summary>
public enum AugmentOperation
{
    /// <summary>Leaves the picture alone.</summary>
    Identity,

    /// <summary>Shears rows, by up to 0.3.</summary>
    ShearX,

    /// <summary>Shears columns, by up to 0.3.</summary>
    ShearY,

    /// <summary>Moves right or left, by up to 150/331 of the width.</summary>
    TranslateX,

    /// <summary>Moves down or up, by up to 150/331 of the height.</summary>
    TranslateY,

    /// <summary>Turns, by up to 30 degrees.</summary>
    Rotate,

    /// <summary>Brightness, by a factor of up to 1.9 or down to 0.1.</summary>
    Brightness,

    /// <summary>Saturation, by a factor of up to 1.9 or down to 0.1.</summary>
    Saturation,

    /// <summary>Contrast, by a factor of up to 1.9 or down to 0.1.</summary>
    Contrast,

    /// <summary>Sharpness, by a factor of up to 1.9 or down to 0.1.</summary>
    Sharpness,

    /// <summary>Keeps 8 down to 4 bits of each value.</summary>
    Posterize,

    /// <summary>Inverts values from a threshold on, 255 down to 0.</summary>
    Solarize,

    /// <summary>Stretches each channel to the whole range.</summary>
    AutoContrast,

    /// <summary>Makes each channel's histogram flat.</summary>
    Equalize,
}
