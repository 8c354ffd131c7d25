using System.Globalization;

namespace Espalier.Graphs;

/// <summary>Pixels added on each side of a feature map. One number stands for all four: <c>Padding p = 1;</c></summary>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>No padding.</summary>
    public static Padding None => default;

    /// <summary>The same number on each side.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary>PyTorch's pair: rows above and below, columns left and right.</summary>
    public static implicit operator Padding((int Height, int Width) pair) => new(pair.Height, pair.Width, pair.Height, pair.Width);

    /// <summary>PyTorch's pair from a size.</summary>
    public static implicit operator Padding(Size size) => new(size.Height, size.Width, size.Height, size.Width);

    /// <summary>Whether there is none.</summary>
    public bool IsNone => this == default;

    /// <summary>Whether no side is negative.</summary>
    public bool IsValid => (Top | Left | Bottom | Right) >= 0;

    /// <summary>Rows above and below together.</summary>
    public int Vertical => checked(Top + Bottom);

    /// <summary>Columns left and right together.</summary>
    public int Horizontal => checked(Left + Right);

    /// <summary><c>1</c> when equal on all sides, <c>0x1</c> when symmetric, otherwise all four.</summary>
    public override string ToString() =>
        (Top, Left) != (Bottom, Right) ? string.Create(CultureInfo.InvariantCulture, $"top {Top} left {Left} bottom {Bottom} right {Right}")
        : Top == Left ? Top.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Top}x{Left}");
}
