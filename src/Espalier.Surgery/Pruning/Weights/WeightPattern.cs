using System.Globalization;

namespace Espalier.Surgery;

/// <summary>What is pruned as one unit.</summary>
public readonly record struct WeightPattern
{
    /// <summary>The extent of blocks, and the M of N:M: as many as the sparse kernels take together, and as NVIDIA's 2:4 has.</summary>
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

    /// <summary>Each weight alone.</summary>
    public static WeightPattern Element => default;

    /// <summary>4 consecutive output channels, from a multiple of 4 on, at one input channel and kernel position. The block at the end may be smaller.</summary>
    public static WeightPattern FourByOne => new(Shapes.OutputBlock);

    /// <summary>4 consecutive input channels, from a multiple of 4 on, at one output channel and kernel position. The block at the end may be smaller.</summary>
    public static WeightPattern OneByFour => new(Shapes.InputBlock);

    /// <summary>The 2 least of every 4 consecutive input channels at one output channel and kernel position; of a smaller rest half, rounded down. Takes no amount.</summary>
    public static WeightPattern TwoOfFour => new(Shapes.TwoOfFour);

    internal Shapes Form { get; }

    internal int Dimension { get; }

    /// <summary>Whole vectors, as PyTorch's <c>ln_structured</c>: all weights with one index in a dimension. A negative dimension counts from the last.</summary>
    public static WeightPattern Vector(int dimension) => new(Shapes.Vector, dimension);

    /// <summary>The pattern of a name, or <see langword="null"/>: <c>element</c>, <c>4x1</c>, <c>1x4</c>, <c>2:4</c>, <c>dim0</c>.</summary>
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

    /// <summary>Its name, as <see cref="Find"/> reads it.</summary>
    public override string ToString() => Form switch
    {
        Shapes.Vector => string.Create(CultureInfo.InvariantCulture, $"dim{Dimension}"),
        Shapes.OutputBlock => "4x1",
        Shapes.InputBlock => "1x4",
        Shapes.TwoOfFour => "2:4",
        Shapes.Element => "element",
    };
}
