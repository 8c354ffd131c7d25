namespace Espalier.Imaging;

/// <summary>The colour model of a JPEG's components.</summary>
internal enum ColorModel
{
    /// <summary>One component: luminance.</summary>
    Gray,

    /// <summary>Red, green and blue without conversion.</summary>
    Rgb,

    /// <summary>Luminance and two colour differences (ITU-R BT.601, full range, as in JFIF).</summary>
    YCbCr,

    /// <summary>Cyan, magenta, yellow and black, stored inverted as Adobe does.</summary>
    Cmyk,

    /// <summary>Cyan, magenta and yellow converted as in <see cref="YCbCr"/>, and black without conversion.</summary>
    Ycck,
}
