using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Kernels that move rows, each the value of a sample.</summary>
internal static class Rows
{
    internal readonly struct Gathered(ArrayView<float> from, ArrayView<int> positions, int length, ArrayView<float> to)
    {
        internal readonly ArrayView<float> From = from, To = to;
        internal readonly ArrayView<int> Positions = positions;
        internal readonly int Length = length;
    }

    internal readonly struct Weighted(ArrayView<float> from, ArrayView<int> positions, ArrayView<float> factors, int length, GradientTarget to)
    {
        internal readonly ArrayView<float> From = from, Factors = factors;
        internal readonly ArrayView<int> Positions = positions;
        internal readonly int Length = length;
        internal readonly GradientTarget To = to;
    }

    /// <summary>Copies rows: row i of the result is that of position i.</summary>
    internal static void Gather(Device device, ArrayView<float> from, ArrayView<int> positions, int length, ArrayView<float> to) =>
        device.Run(Gather, to.Length, new Gathered(from, positions, length, to));

    /// <summary>Adds rows: row i is added to the row of position i.</summary>
    internal static void Scatter(Device device, ArrayView<float> from, ArrayView<int> positions, int length, ArrayView<float> to) =>
        device.Run(Scatter, from.Length, new Gathered(from, positions, length, to));

    /// <summary>Stores or adds rows times factors: row i of the result takes that of position i; rows without a position count as 0.</summary>
    internal static void GatherWeighted(Device device, ArrayView<float> from, ArrayView<int> positions, ArrayView<float> factors, int length, GradientTarget to) =>
        device.Run(GatherWeighted, to.View.Length, new Weighted(from, positions, factors, length, to));

    private static void Gather(Index1D i, Gathered call) => call.To[i] = call.From[(call.Positions[i / call.Length] * call.Length) + (i % call.Length)];

    private static void Scatter(Index1D i, Gathered call) => call.To[(call.Positions[i / call.Length] * call.Length) + (i % call.Length)] += call.From[i];

    private static void GatherWeighted(Index1D i, Weighted call)
    {
        int row = i / call.Length, position = call.Positions[row];
        float factor = call.Factors[row];
        call.To.Store(i, position >= 0 && factor != 0 ? factor * call.From[(position * call.Length) + (i % call.Length)] : 0);
    }
}
