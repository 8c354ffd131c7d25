using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A row or column that is read, and what it is multiplied with.</summary>
internal struct AxisTap
{
    internal int Position;
    internal float Weight;
}

/// <summary>The taps of each row or column of a result: those of position i lie from Starts[i] up to Starts[i + 1].</summary>
internal readonly struct AxisMap(ArrayView<int> starts, ArrayView<AxisTap> taps)
{
    internal readonly ArrayView<int> Starts = starts;
    internal readonly ArrayView<AxisTap> Taps = taps;
}

/// <summary>How each pixel of a map is made of those of another map: windows, the same for all channels, as the product of rows and columns.</summary>
internal readonly struct SpatialMap(AxisMap rows, AxisMap columns, Size from, Size to)
{
    internal readonly AxisMap Rows = rows, Columns = columns;
    internal readonly int FromWidth = from.Width, FromPixels = from.Height * from.Width, ToWidth = to.Width, ToPixels = to.Height * to.Width;

    /// <summary>The window of a pixel of the result.</summary>
    internal MapWindow Of(int pixel)
    {
        int row = pixel / ToWidth, column = pixel % ToWidth;
        return new MapWindow { Top = Rows.Starts[row], Bottom = Rows.Starts[row + 1], Left = Columns.Starts[column], Right = Columns.Starts[column + 1] };
    }

    /// <summary>The pixel that two taps read.</summary>
    internal int Pixel(int row, int column) => (Rows.Taps[row].Position * FromWidth) + Columns.Taps[column].Position;
}

/// <summary>Ranges of taps of rows and columns; the ends are not part of them.</summary>
internal struct MapWindow
{
    internal int Top, Bottom, Left, Right;

    /// <summary>Whether there is no pixel in it.</summary>
    internal readonly bool IsEmpty => Top == Bottom || Left == Right;
}

/// <summary>Kernels that compute a map by a <see cref="SpatialMap"/>: average pools, blurring, padding, and by the transposed map their gradients.</summary>
internal static class WeightedWindows
{
    internal readonly struct Call(ArrayView<float> from, SpatialMap map, ArrayView<float> outside, GradientTarget target)
    {
        internal readonly ArrayView<float> From = from, Outside = outside;
        internal readonly SpatialMap Map = map;
        internal readonly GradientTarget Target = target;
    }

    /// <summary>Computes the weighted sum of each pixel's window.</summary>
    /// <param name="device">The device.</param>
    /// <param name="from">The map that is read.</param>
    /// <param name="map">The windows.</param>
    /// <param name="outside">For each channel the value of a pixel whose window is empty; empty for zeros.</param>
    /// <param name="target">Takes the sums.</param>
    internal static void Add(Device device, ArrayView<float> from, in SpatialMap map, ArrayView<float> outside, GradientTarget target) =>
        device.Run(Add, target.View.Length, new Call(from, map, outside, target));

    private static void Add(Index1D i, Call call)
    {
        int plane = i / call.Map.ToPixels, first = plane * call.Map.FromPixels;
        MapWindow window = call.Map.Of(i % call.Map.ToPixels);
        float sum = window.IsEmpty && call.Outside.Length > 0 ? call.Outside[plane % call.Outside.IntLength] : 0;
        for (int row = window.Top; row < window.Bottom; row++)
        {
            float ofRow = 0;
            for (int column = window.Left; column < window.Right; column++)
            {
                ofRow += call.From[first + call.Map.Pixel(row, column)] * call.Map.Columns.Taps[column].Weight;
            }

            sum += ofRow * call.Map.Rows.Taps[row].Weight;
        }

        call.Target.Store(i, sum);
    }
}
