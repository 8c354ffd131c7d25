namespace Espalier.Kernels;

/// <summary>The pixels of one window in memory, in one block of channels.</summary>
internal readonly unsafe struct WindowPixels(float* first, int rows, int columns, nint rowStep, nint columnStep, int divisor)
{
    /// <summary>The first pixel.</summary>
    internal float* First => first;

    /// <summary>Number of rows of pixels.</summary>
    internal int Rows => rows;

    /// <summary>Number of pixels per row.</summary>
    internal int Columns => columns;

    /// <summary>Floats from one row to the next.</summary>
    internal nint RowStep => rowStep;

    /// <summary>Distance between pixels of a row, in floats.</summary>
    internal nint ColumnStep => columnStep;

    /// <summary>The divisor of a mean.</summary>
    internal int Divisor => divisor;
}
