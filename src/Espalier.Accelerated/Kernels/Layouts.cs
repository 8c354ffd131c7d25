using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Kernels that move numbers.</summary>
internal static class Layouts
{
    internal readonly struct Transposed(ArrayView<float> from, ArrayView<float> to, int rows, int columns)
    {
        internal readonly ArrayView<float> From = from, To = to;
        internal readonly int Rows = rows, Columns = columns;
    }

    /// <summary>A range of the numbers of each sample, which may extend beyond them.</summary>
    /// <param name="view">The samples.</param>
    /// <param name="length">Numbers of a sample.</param>
    /// <param name="first">The first number of the range.</param>
    internal readonly struct Range(ArrayView<float> view, int length, int first)
    {
        internal readonly ArrayView<float> View = view;
        internal readonly int Length = length, First = first;
    }

    internal readonly struct Moved(Range from, Range to, bool adds, int count)
    {
        internal readonly Range From = from;
        internal readonly GradientTarget To = new(to.View, adds);
        internal readonly int Length = to.Length, First = to.First, Count = count;
    }

    internal readonly struct Shuffled(ArrayView<float> from, GradientTarget to, int rows, int columns, int pixels)
    {
        internal readonly ArrayView<float> From = from;
        internal readonly GradientTarget To = to;
        internal readonly int Rows = rows, Columns = columns, Pixels = pixels;
    }

    /// <summary>Transposes matrices that lie one after the other: a thread for each element of the result.</summary>
    internal static void Transpose(Index1D i, Transposed call)
    {
        int each = call.Rows * call.Columns, matrix = i / each, at = i % each;
        call.To[i] = call.From[(matrix * each) + (at % call.Rows * call.Columns) + (at / call.Rows)];
    }

    /// <summary>Copies a range of each sample; zeros where it extends beyond the sample.</summary>
    /// <param name="device">The device.</param>
    /// <param name="samples">How many samples.</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written, inside its samples.</param>
    /// <param name="count">Numbers of the range.</param>
    /// <param name="adds">Whether they are added to what is there.</param>
    internal static void Move(Device device, int samples, in Range from, in Range to, int count, bool adds = false) =>
        device.Run(Move, (long)samples * count, new Moved(from, to, adds, count));

    /// <summary>Shuffles the channels of each sample: they are a matrix, which is transposed.</summary>
    /// <param name="device">The device.</param>
    /// <param name="from">The samples.</param>
    /// <param name="rows">Rows of the matrix before.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="to">Takes the channels.</param>
    internal static void Shuffle(Device device, ArrayView<float> from, int rows, int columns, int pixels, GradientTarget to) =>
        device.Run(Shuffle, to.View.Length, new Shuffled(from, to, rows, columns, pixels));

    private static void Move(Index1D i, Moved call)
    {
        int sample = i / call.Count, at = i % call.Count, source = call.From.First + at;
        float value = source >= 0 && source < call.From.Length ? call.From.View[(sample * call.From.Length) + source] : 0;
        call.To.Store((sample * call.Length) + call.First + at, value);
    }

    private static void Shuffle(Index1D i, Shuffled call)
    {
        int channels = call.Rows * call.Columns, pixel = i % call.Pixels, channel = i / call.Pixels % channels, sample = i / (call.Pixels * channels);
        int source = (channel % call.Rows * call.Columns) + (channel / call.Rows);
        call.To.Store(i, call.From[(((sample * channels) + source) * call.Pixels) + pixel]);
    }
}
