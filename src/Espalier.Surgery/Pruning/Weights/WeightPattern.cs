using System.Globalization;

namespace Espalier.Surgery;

/// <summary>The shape of the units of weights that are pruned together.</summary>
public readonly record struct WeightPattern
{
    /// <summary>The extent of blocks, and M of the N:M pattern: the block size of the sparse kernels and of NVIDIA's 2:4 pattern.</summary>
    internal const int Extent = 4;

    private WeightPattern(Shapes form, int dimension = 0) => (Form, Dimension) = (form, dimension);

    internal enum Shapes
    {
        Element,
        Vector,
        OutputBlock,
        InputBlock,
        TwoOfFour,
    }

    /// <summary>Single weights.</summary>
    public static WeightPattern Element => default;

    /// <summary>Blocks of 4 consecutive output channels, starting at a multiple of 4, at one input channel and kernel position. The last block can be smaller.</summary>
    public static WeightPattern FourByOne => new(Shapes.OutputBlock);

    /// <summary>Blocks of 4 consecutive input channels, starting at a multiple of 4, at one output channel and kernel position. The last block can be smaller.</summary>
    public static WeightPattern OneByFour => new(Shapes.InputBlock);

    /// <summary>The 2 weights with the lowest scores of every 4 consecutive input channels at one output channel and kernel position; of a smaller last block half, rounded down. This pattern takes no amount.</summary>
    public static WeightPattern TwoOfFour => new(Shapes.TwoOfFour);

    internal Shapes Form { get; }

    internal int Dimension { get; }

    /// <summary>Whole slices, as in PyTorch's <c>ln_structured</c>: all weights with the same index along a dimension. A negative dimension counts from the last.</summary>
    public static WeightPattern Vector(int dimension) => new(Shapes.Vector, dimension);

    /// <summary>Returns the pattern with a name, or <see langword="null"/> if there is none: <c>element</c>, <c>4x1</c>, <c>1x4</c>, <c>2:4</c>, <c>dim0</c>.</summary>
    public static WeightPattern? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "element" => Element,
            "4x1" => FourByOne,
            "1x4" => OneByFour,
            "2:4" => TwoOfFour,
            ['d', 'i', 'm', .. string rest] when int.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int dimension) => Vector(dimension),
            _ => null,
        };
    }

    /// <summary>The name of the pattern, which <see cref="Find"/> reads.</summary>
    public override string ToString() => Form switch
    {
        Shapes.Vector => string.Create(CultureInfo.InvariantCulture, $"dim{Dimension}"),
        Shapes.OutputBlock => "4x1",
        Shapes.InputBlock => "1x4",
        Shapes.TwoOfFour => "2:4",
        Shapes.Element => "element",
    };
}
