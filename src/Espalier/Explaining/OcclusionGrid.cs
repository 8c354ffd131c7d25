using Espalier.Tensors;

namespace Espalier;

/// <summary>The places of a square that covers part of an input.</summary>
/// <param name="Input">Height and width of the input.</param>
/// <param name="Patch">The square's side.</param>
/// <param name="Rows">The first row of each row of places.</param>
/// <param name="Columns">The first column of each column of places.</param>
internal sealed record OcclusionGrid(Size Input, int Patch, int[] Rows, int[] Columns)
{
    /// <summary>The places for some options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The square does not fit into the input, or the stride would leave pixels that it never covers.</exception>
    internal static OcclusionGrid Of(Size input, OcclusionOptions options)
    {
        int shorter = Math.Min(input.Height, input.Width), patch = options.Patch ?? Math.Max(1, shorter / 8), stride = options.Stride ?? Math.Max(1, patch / 2);
        OptionCheck.AtLeast(patch, 1, $"{nameof(OcclusionOptions)}.{nameof(OcclusionOptions.Patch)}");
        OptionCheck.AtLeast(stride, 1, $"{nameof(OcclusionOptions)}.{nameof(OcclusionOptions.Stride)}");
        if (patch > shorter)
        {
            throw new EspalierException($"a square of {patch} pixels does not fit into the network's input of {input}; expected at most {shorter}");
        }

        if (stride > patch)
        {
            throw new EspalierException($"with a stride of {stride} a square of {patch} pixels leaves pixels that it never covers; expected a stride of at most {patch}");
        }

        return new OcclusionGrid(input, patch, Places(input.Height, patch, stride), Places(input.Width, patch, stride));
    }

    /// <summary>Number of places.</summary>
    internal int Count => Rows.Length * Columns.Length;

    /// <summary>The first row and column of a place, counted row by row.</summary>
    internal (int Row, int Column) this[int place] => (Rows[place / Columns.Length], Columns[place % Columns.Length]);

    /// <summary>For each pixel of the input the mean of the values of the places that cover it.</summary>
    internal float[] Spread(double[] values)
    {
        (double[] sums, int[] counts) = (new double[Input.Area], new int[Input.Area]);
        for (int place = 0; place < values.Length; place++)
        {
            (int row, int column) = this[place];
            for (int i = 0; i < Patch * Patch; i++)
            {
                int at = ((row + (i / Patch)) * Input.Width) + column + (i % Patch);
                sums[at] += values[place];
                counts[at]++;
            }
        }

        return [.. sums.Zip(counts, (sum, count) => (float)(sum / count))];
    }

    private static int[] Places(int extent, int patch, int stride)
    {
        List<int> places = [];
        for (int at = 0; at < extent - patch; at += stride)
        {
            places.Add(at);
        }

        places.Add(extent - patch);
        return [.. places];
    }
}
