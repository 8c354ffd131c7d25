namespace Espalier.Imaging;

/// <summary>Colour types, numbered as in the file (PNG specification, table 11.1).</summary>
internal enum PngColor
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    RgbAlpha = 6,
}
