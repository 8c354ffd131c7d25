using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A row or column that is read, and what it is multiplied with.</summary>
internal struct AxisTerm
{
    internal int Position;
    internal float Weight;
}

/// <summary>The terms of each row or column of a result: those of position i lie from Starts[i] up to Starts[i + 1].</summary>
internal readonly struct AxisMap(ArrayView<int> starts, ArrayView<AxisTerm> terms)
{
    internal readonly ArrayView<int> Starts = starts;
    internal readonly ArrayView<AxisTerm> Terms = terms;
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

    /// <summary>The pixel that two terms read.</summary>
    internal int Pixel(int row, int column) => (Rows.Terms[row].Position * FromWidth) + Columns.Terms[column].Position;
}

/// <summary>Ranges of terms of rows and columns; the ends are not part of them.</summary>
internal struct MapWindow
{
    internal int Top, Bottom, Left, Right;

    /// <summary>Whether there is no pixel in it.</summary>
    internal readonly bool IsEmpty => Top == Bottom || Left == Right;
}
