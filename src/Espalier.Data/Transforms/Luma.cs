namespace Espalier.Data;

/// <summary>Gray value of a colour, as in Pillow's mode L: ITU-R 601-2 weights in 16-bit fixed point. Three equal channels give their value.</summary>
internal static class Luma
{
    private const int Red = 19595; // 0.299 · 2¹⁶
    private const int Green = 38470; // 0.587 · 2¹⁶
    private const int Blue = 7471; // 0.114 · 2¹⁶
    private const int Half = 1 << 15;

    internal static byte Of(ReadOnlySpan<byte> pixel) => (byte)(((pixel[0] * Red) + (pixel[1] * Green) + (pixel[2] * Blue) + Half) >> 16);
}
