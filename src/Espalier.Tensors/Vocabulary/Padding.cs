using System.Globalization;

namespace Espalier.Tensors;

/// <summary>Pixels on each side of a feature map: padding, or the border around a map in memory. One integer converts to equal values on all sides: <c>Padding p = 1;</c></summary>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>No padding.</summary>
    public static Padding None => default;

    /// <summary>The same padding on each side.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary>PyTorch's pair: rows above and below, columns left and right.</summary>
    public static implicit operator Padding((int Height, int Width) pair) => new(pair.Height, pair.Width, pair.Height, pair.Width);

    /// <summary>PyTorch's pair from a size.</summary>
    public static implicit operator Padding(Size size) => new(size.Height, size.Width, size.Height, size.Width);

    /// <summary>The smallest padding that includes both: the maximum on each side.</summary>
    public static Padding Max(Padding a, Padding b) =>
        new(Math.Max(a.Top, b.Top), Math.Max(a.Left, b.Left), Math.Max(a.Bottom, b.Bottom), Math.Max(a.Right, b.Right));

    /// <summary>The sum of both on each side.</summary>
    public static Padding operator +(Padding a, Padding b) =>
        new(checked(a.Top + b.Top), checked(a.Left + b.Left), checked(a.Bottom + b.Bottom), checked(a.Right + b.Right));

    /// <summary>Whether all sides are 0.</summary>
    public bool IsNone => this == default;

    /// <summary>Whether no side is negative.</summary>
    public bool IsValid => (Top | Left | Bottom | Right) >= 0;

    /// <summary>Sum of the rows above and below.</summary>
    public int Vertical => checked(Top + Bottom);

    /// <summary>Sum of the columns left and right.</summary>
    public int Horizontal => checked(Left + Right);

    /// <summary>The padding as text: <c>1</c> when equal on all sides, <c>0x1</c> when symmetric, otherwise all four.</summary>
    public override string ToString() =>
        (Top, Left) != (Bottom, Right) ? string.Create(CultureInfo.InvariantCulture, $"top {Top} left {Left} bottom {Bottom} right {Right}")
        : Top == Left ? Top.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Top}x{Left}");
}
