using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Accelerated;

/// <summary>The taps of all rows, or all columns, of a map that is made of another one.</summary>
/// <param name="Starts">Where the taps of each position begin, and the end of the last ones.</param>
/// <param name="Taps">Those of all positions, one after the other.</param>
internal sealed record AxisTaps(int[] Starts, AxisTap[] Taps)
{
    /// <summary>Taps of windows: the pixels of each window, each divided by a number.</summary>
    /// <param name="windows">The windows in order.</param>
    /// <param name="divisor">What a window's sum is divided by.</param>
    internal static AxisTaps Of(IEnumerable<PoolWindow> windows, Func<PoolWindow, int> divisor) => Of(windows.Select(window =>
        Enumerable.Range(window.First, window.Inside).Select(i => new AxisTap { Position = window.Position(i), Weight = 1f / divisor(window) })));

    /// <summary>Taps of a filter of 3 at every second position, over a reflected border.</summary>
    internal static AxisTaps Blur(int extent) => Of(Enumerable.Range(0, (extent + 1) / 2).Select(at => Enumerable.Range(-1, 3).Select(tap =>
        new AxisTap { Position = PaddingMode.Reflect.Source((2 * at) + tap, extent), Weight = (2 - Math.Abs(tap)) / 4f })));

    /// <summary>Taps of padding: the pixel that each position repeats, if it does.</summary>
    internal static AxisTaps Pad(PaddingMode mode, int before, int extent, int after) => Of(Enumerable.Range(-before, before + extent + after).Select(position =>
        mode.IsRepeated() ? [new AxisTap { Position = mode.Source(position, extent), Weight = 1 }]
        : position >= 0 && position < extent ? new[] { new AxisTap { Position = position, Weight = 1 } }
        : []));

    /// <summary>The positions that read each position, with the same weights.</summary>
    /// <param name="extent">Positions that are read.</param>
    internal AxisTaps Transposed(int extent)
    {
        var readers = Enumerable.Range(0, extent).Select(_ => new List<AxisTap>()).ToArray();
        for (int at = 0; at + 1 < Starts.Length; at++)
        {
            foreach (AxisTap tap in Taps[Starts[at]..Starts[at + 1]])
            {
                readers[tap.Position].Add(tap with { Position = at });
            }
        }

        return Of(readers);
    }

    private static AxisTaps Of(IEnumerable<IEnumerable<AxisTap>> positions)
    {
        List<int> starts = [0];
        List<AxisTap> taps = [];
        foreach (IEnumerable<AxisTap> each in positions)
        {
            taps.AddRange(each);
            starts.Add(taps.Count);
        }

        return new AxisTaps([.. starts], [.. taps]);
    }
}
