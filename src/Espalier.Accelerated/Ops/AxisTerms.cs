using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>The terms of all rows, or all columns, of a map that is made of another one.</summary>
/// <param name="Starts">Where the terms of each position begin, and the end of the last ones.</param>
/// <param name="Terms">Those of all positions, one after the other.</param>
internal sealed record AxisTerms(int[] Starts, AxisTerm[] Terms)
{
    /// <summary>Terms of windows: the pixels of each window, each divided by a number.</summary>
    /// <param name="windows">The windows in order.</param>
    /// <param name="divisor">What a window's sum is divided by.</param>
    internal static AxisTerms Of(IEnumerable<PoolWindow> windows, Func<PoolWindow, int> divisor) => Of(windows.Select(window =>
        Enumerable.Range(window.First, window.Inside).Select(i => new AxisTerm { Position = window.Position(i), Weight = 1f / divisor(window) })));

    /// <summary>Terms of a filter of 3 at every second position, over a reflected border.</summary>
    internal static AxisTerms Blur(int extent) => Of(Enumerable.Range(0, (extent + 1) / 2).Select(at => Enumerable.Range(-1, 3).Select(term =>
        new AxisTerm { Position = PaddingMode.Reflect.Source((2 * at) + term, extent), Weight = (2 - Math.Abs(term)) / 4f })));

    /// <summary>Terms of padding: the pixel that each position repeats, if it does.</summary>
    internal static AxisTerms Pad(PaddingMode mode, int before, int extent, int after) => Of(Enumerable.Range(-before, before + extent + after).Select(position =>
        mode.IsRepeated() ? [new AxisTerm { Position = mode.Source(position, extent), Weight = 1 }]
        : position >= 0 && position < extent ? new[] { new AxisTerm { Position = position, Weight = 1 } }
        : []));

    /// <summary>The positions that read each position, with the same weights.</summary>
    /// <param name="extent">Positions that are read.</param>
    internal AxisTerms Transposed(int extent)
    {
        var readers = Enumerable.Range(0, extent).Select(_ => new List<AxisTerm>()).ToArray();
        for (int at = 0; at + 1 < Starts.Length; at++)
        {
            foreach (AxisTerm term in Terms[Starts[at]..Starts[at + 1]])
            {
                readers[term.Position].Add(term with { Position = at });
            }
        }

        return Of(readers);
    }

    private static AxisTerms Of(IEnumerable<IEnumerable<AxisTerm>> positions)
    {
        List<int> starts = [0];
        List<AxisTerm> terms = [];
        foreach (IEnumerable<AxisTerm> each in positions)
        {
            terms.AddRange(each);
            starts.Add(terms.Count);
        }

        return new AxisTerms([.. starts], [.. terms]);
    }
}
