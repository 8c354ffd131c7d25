namespace Espalier.Imaging;

/// <summary>Reverses the filters that PNG rows are stored with (PNG specification, 9.2).</summary>
internal static class PngFilter
{
    public const int Sub = 1, Up = 2, Average = 3, Paeth = 4;

    /// <summary>Restores a row in place.</summary>
    /// <param name="filter">The filter's index, 0 for none; the caller has checked that it exists.</param>
    /// <param name="row">The row's filtered bytes.</param>
    /// <param name="above">The restored row above; zeros for the first row.</param>
    /// <param name="step">Bytes per pixel.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        above = above[..row.Length];
        int head = Math.Min(step, row.Length);
        switch (filter)
        {
            case Sub:
                for (int i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                break;
            case Up:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case Average:
                for (int i = 0; i < head; i++)
                {
                    row[i] += (byte)(above[i] >> 1);
                }

                for (int i = step; i < row.Length; i++)
                {
                    row[i] += (byte)((row[i - step] + above[i]) >> 1);
                }

                break;
            case Paeth:
                for (int i = 0; i < head; i++)
                {
                    row[i] += above[i];
                }

                for (int i = step; i < row.Length; i++)
                {
                    row[i] += Predict(row[i - step], above[i], above[i - step]);
                }

                break;
        }
    }

    /// <summary>The Paeth predictor: of three neighbours the one nearest to left + above − corner; ties go to left, then to above (9.4).</summary>
    private static byte Predict(int left, int above, int corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - (2 * corner));
        return (byte)(toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner);
    }
}
