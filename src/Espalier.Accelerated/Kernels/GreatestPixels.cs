using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>Kernels of max pools: the greatest pixel of each window, the first where several are equal; NaN is greater than all.</summary>
internal static class GreatestPixels
{
    private const int None = -1;

    internal readonly struct Call(ArrayView<float> input, SpatialMap map, ArrayView<float> output, ArrayView<int> winners)
    {
        internal readonly ArrayView<float> Input = input, Output = output;
        internal readonly SpatialMap Map = map;
        internal readonly ArrayView<int> Winners = winners;
    }

    internal readonly struct Passed(ArrayView<float> gradient, ArrayView<int> winners, SpatialMap windows, GradientTarget target)
    {
        internal readonly ArrayView<float> Gradient = gradient;
        internal readonly ArrayView<int> Winners = winners;
        internal readonly SpatialMap Windows = windows;
        internal readonly GradientTarget Target = target;
    }

    /// <summary>The greatest pixels; −∞ where a window has none.</summary>
    internal static void Find(Device device, ArrayView<float> input, in SpatialMap map, ArrayView<float> output) =>
        device.Run(Value, output.Length, new Call(input, map, output, default));

    /// <summary>The gradient of the input: that of each window goes to its greatest pixel.</summary>
    /// <param name="device">The device.</param>
    /// <param name="input">The input.</param>
    /// <param name="map">The pixels of each window.</param>
    /// <param name="transposed">The windows that each pixel is in.</param>
    /// <param name="gradient">The gradient of the output.</param>
    /// <param name="target">Takes the gradient.</param>
    internal static void Pass(Device device, ArrayView<float> input, in SpatialMap map, in SpatialMap transposed, ArrayView<float> gradient, GradientTarget target)
    {
        ArrayView<int> winners = device.Scratch(gradient.Length).Cast<int>();
        device.Run(Winner, winners.Length, new Call(input, map, default, winners));
        device.Run(Pass, target.View.Length, new Passed(gradient, winners, transposed, target));
    }

    // The pixel of a plane, or None.
    private static int WinnerOf(int i, Call call)
    {
        int first = i / call.Map.ToPixels * call.Map.FromPixels, winner = None;
        MapWindow window = call.Map.Of(i % call.Map.ToPixels);
        float greatest = 0;
        for (int row = window.Top; row < window.Bottom; row++)
        {
            for (int column = window.Left; column < window.Right; column++)
            {
                int pixel = call.Map.Pixel(row, column);
                float value = call.Input[first + pixel];
                if (winner == None || value > greatest || XMath.IsNaN(value))
                {
                    (winner, greatest) = (pixel, value);
                }
            }
        }

        return winner;
    }

    private static void Value(Index1D i, Call call)
    {
        int winner = WinnerOf(i, call);
        call.Output[i] = winner == None ? float.NegativeInfinity : call.Input[(i / call.Map.ToPixels * call.Map.FromPixels) + winner];
    }

    private static void Winner(Index1D i, Call call) => call.Winners[i] = WinnerOf(i, call);

    private static void Pass(Index1D i, Passed call)
    {
        int first = i / call.Windows.ToPixels * call.Windows.FromPixels, pixel = i % call.Windows.ToPixels;
        MapWindow windows = call.Windows.Of(pixel);
        float sum = 0;
        for (int row = windows.Top; row < windows.Bottom; row++)
        {
            for (int column = windows.Left; column < windows.Right; column++)
            {
                int at = first + call.Windows.Pixel(row, column);
                sum += call.Winners[at] == pixel ? call.Gradient[at] : 0;
            }
        }

        call.Target.Store(i, sum);
    }
}
