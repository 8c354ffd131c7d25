using System.Globalization;

namespace Espalier.Tensors;

/// <summary>Height and width of a kernel, stride, dilation or image. One integer converts to equal values: <c>Size kernel = 3;</c></summary>
public readonly record struct Size(int Height, int Width)
{
    /// <summary>The same value for height and width.</summary>
    public static implicit operator Size(int both) => new(both, both);

    /// <summary>A pair, height first.</summary>
    public static implicit operator Size((int Height, int Width) pair) => new(pair.Height, pair.Width);

    /// <summary>Height times width.</summary>
    public int Area => checked(Height * Width);

    /// <summary>The size as text: <c>3x3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height}x{Width}");
}
