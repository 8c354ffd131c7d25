namespace Espalier.Graphs;

/// <summary>A rectangle of pixels of a feature map or image. Rows and columns count from 0 at the top left; negative ones lie in the padding before the map.</summary>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Bottom">The row after the last.</param>
/// <param name="Right">The column after the last.</param>
public readonly record struct PixelBox(long Top, long Left, long Bottom, long Right)
{
    /// <summary>Number of rows.</summary>
    public long Height => Bottom - Top;

    /// <summary>Number of columns.</summary>
    public long Width => Right - Left;

    /// <summary>The rectangle as text: <c>rows 0 to 42, columns 5 to 47</c>, last ones included.</summary>
    public override string ToString() => FormattableString.Invariant($"rows {Top} to {Bottom - 1}, columns {Left} to {Right - 1}");
}
