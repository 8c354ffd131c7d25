namespace Espalier.Kernels;

/// <summary>Border around a feature map, in pixels on each side.</summary>
public readonly record struct Border(int Top, int Left, int Bottom, int Right)
{
    /// <summary>No border.</summary>
    public static Border None => default;

    /// <summary>The smallest border that includes both.</summary>
    public static Border Max(Border a, Border b) =>
        new(Math.Max(a.Top, b.Top), Math.Max(a.Left, b.Left), Math.Max(a.Bottom, b.Bottom), Math.Max(a.Right, b.Right));
}
