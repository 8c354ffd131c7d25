namespace Espalier.Kernels;

/// <summary>Where four pixels are: bytes from the start of a block of 16 channels. Pixels that the map does not have are replaced by its last one.</summary>
/// <param name="First">The first pixel.</param>
/// <param name="Second">The second.</param>
/// <param name="Third">The third.</param>
/// <param name="Fourth">The fourth.</param>
/// <param name="IsRow">Whether they are adjacent.</param>
internal readonly record struct FourPixels(int First, int Second, int Third, int Fourth, bool IsRow)
{
    /// <summary>Groups of four pixels in a vector.</summary>
    internal const int OfVector = SparseSums.Pixels / 4;

    /// <summary>All pixels of a map, in the order of rows, up to a whole number of vectors.</summary>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="offset">Bytes from the start of a block of channels to a pixel.</param>
    internal static FourPixels[] Of(int pixels, Func<int, int> offset)
    {
        var all = new FourPixels[(pixels + SparseSums.Pixels - 1) / SparseSums.Pixels * OfVector];
        for (int i = 0; i < all.Length; i++)
        {
            (int a, int b, int c, int d) = (At(4 * i), At((4 * i) + 1), At((4 * i) + 2), At((4 * i) + 3));
            all[i] = new FourPixels(a, b, c, d, b - a == SumShape.Outputs && c - b == SumShape.Outputs && d - c == SumShape.Outputs);
        }

        return all;

        int At(int pixel) => offset(Math.Min(pixel, pixels - 1));
    }
}
