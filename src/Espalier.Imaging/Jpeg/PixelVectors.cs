using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Imaging;

/// <summary>Vector operations on sixteen pixels: planes of bytes to integers, and planes to interleaved RGB.</summary>
internal static class PixelVectors
{
    /// <summary>Pixels per vector.</summary>
    public const int Count = 16;

    private const byte None = 0xFF; // an index that a shuffle turns into zero

    /// <summary>Loads the first sixteen bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<int> First, Vector256<int> Second) Widen(ReadOnlySpan<byte> samples)
    {
        Vector128<byte> bytes = Vector128.Create(samples);
        Vector128<ushort> first = Vector128.WidenLower(bytes), second = Vector128.WidenUpper(bytes);
        return (Vector256.Create(Vector128.WidenLower(first), Vector128.WidenUpper(first)).AsInt32(),
            Vector256.Create(Vector128.WidenLower(second), Vector128.WidenUpper(second)).AsInt32());
    }

    /// <summary>Converts sixteen integers to bytes, clamped to 0–255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector256<int> first, Vector256<int> second)
    {
        Vector256<int> most = Vector256.Create(255);
        Vector256<short> words = Vector256.Narrow(Vector256.Clamp(first, Vector256<int>.Zero, most), Vector256.Clamp(second, Vector256<int>.Zero, most));
        return Vector128.Narrow(words.GetLower().AsUInt16(), words.GetUpper().AsUInt16());
    }

    /// <summary>Writes 48 bytes: red, green and blue of each pixel, interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, Span<byte> pixels)
    {
        Vector128<byte> first = Vector128.Shuffle(red, Vector128.Create(0, None, None, 1, None, None, 2, None, None, 3, None, None, 4, None, None, 5))
            | Vector128.Shuffle(green, Vector128.Create(None, 0, None, None, 1, None, None, 2, None, None, 3, None, None, 4, None, None))
            | Vector128.Shuffle(blue, Vector128.Create(None, None, 0, None, None, 1, None, None, 2, None, None, 3, None, None, 4, None));
        Vector128<byte> second = Vector128.Shuffle(red, Vector128.Create(None, None, 6, None, None, 7, None, None, 8, None, None, 9, None, None, 10, None))
            | Vector128.Shuffle(green, Vector128.Create(5, None, None, 6, None, None, 7, None, None, 8, None, None, 9, None, None, 10))
            | Vector128.Shuffle(blue, Vector128.Create(None, 5, None, None, 6, None, None, 7, None, None, 8, None, None, 9, None, None));
        Vector128<byte> third = Vector128.Shuffle(red, Vector128.Create(None, 11, None, None, 12, None, None, 13, None, None, 14, None, None, 15, None, None))
            | Vector128.Shuffle(green, Vector128.Create(None, None, 11, None, None, 12, None, None, 13, None, None, 14, None, None, 15, None))
            | Vector128.Shuffle(blue, Vector128.Create(10, None, None, 11, None, None, 12, None, None, 13, None, None, 14, None, None, 15));
        first.CopyTo(pixels);
        second.CopyTo(pixels[Count..]);
        third.CopyTo(pixels[(2 * Count)..]);
    }
}
