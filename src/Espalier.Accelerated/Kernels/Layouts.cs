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

    /// <summary>Transposes matrices that lie one after the other: a thread for each element of the result.</summary>
    internal static void Transpose(Index1D i, Transposed call)
    {
        int each = call.Rows * call.Columns, matrix = i / each, at = i % each;
        call.To[i] = call.From[(matrix * each) + (at % call.Rows * call.Columns) + (at / call.Rows)];
    }
}
