namespace Espalier.Imaging;

/// <summary>What the components of a JPEG stand for.</summary>
internal enum ColorModel
{
    /// <summary>One component: luminance.</summary>
    Gray,

    /// <summary>Red, green and blue as they are.</summary>
    Rgb,

    /// <summary>Luminance and two colour differences (ITU-R BT.601, full range, as JFIF has it).</summary>
    YCbCr,

    /// <summary>Inks, stored inverted as Adobe does.</summary>
    Cmyk,

    /// <summary>Cyan, magenta and yellow as <see cref="YCbCr"/>, black as it is.</summary>
    Ycck,
}
