using ILGPU;

namespace Espalier.Accelerated;

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
                ofRow += call.From[first + call.Map.Pixel(row, column)] * call.Map.Columns.Terms[column].Weight;
            }

            sum += ofRow * call.Map.Rows.Terms[row].Weight;
        }

        call.Target.Store(i, sum);
    }
}
