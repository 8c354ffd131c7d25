namespace Espalier.Kernels;

/// <summary>The pixels of one window in memory, in one block of channels.</summary>
internal readonly unsafe struct WindowPixels(float* first, int rows, int columns, nint rowStep, nint columnStep, int divisor)
{
    /// <summary>The first pixel.</summary>
    internal float* First => first;

    /// <summary>Rows of pixels.</summary>
    internal int Rows => rows;

    /// <summary>Pixels of each row.</summary>
    internal int Columns => columns;

    /// <summary>Floats from one row to the next.</summary>
    internal nint RowStep => rowStep;

    /// <summary>Floats from one pixel of a row to the next.</summary>
    internal nint ColumnStep => columnStep;

    /// <summary>What a mean divides by.</summary>
    internal int Divisor => divisor;
}
