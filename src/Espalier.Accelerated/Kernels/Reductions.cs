using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Sums in a fixed order: threads add up numbers that lie one stride apart, and a second kernel adds up their sums one after another.</summary>
internal static class Reductions
{
    internal readonly struct Columns(ArrayView<float> sums, int count, ArrayView<float> result, bool adds)
    {
        internal readonly ArrayView<float> Sums = sums, Result = result;
        internal readonly int Count = count;
        internal readonly int Adds = adds ? 1 : 0;
    }

    /// <summary>Adds up the rows of a matrix: each element of the result is the sum of a column.</summary>
    /// <param name="device">The device.</param>
    /// <param name="sums">Rows of as many elements as the result has.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="result">Takes the sums.</param>
    /// <param name="adds">Whether they are added to what is there.</param>
    internal static void AddRows(Device device, ArrayView<float> sums, int rows, ArrayView<float> result, bool adds) =>
        device.Run(AddRows, result.Length, new Columns(sums, rows, result, adds));

    private static void AddRows(Index1D i, Columns to)
    {
        float sum = 0;
        for (int row = 0; row < to.Count; row++)
        {
            sum += to.Sums[(row * to.Result.IntLength) + i];
        }

        to.Result[i] = to.Adds != 0 ? to.Result[i] + sum : sum;
    }
}
