using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>What kind of values a constant has.</summary>
internal enum ConstantKind
{
    /// <summary>Floating-point numbers.</summary>
    Real,

    /// <summary>Integers, such as extents.</summary>
    Integer,

    /// <summary>True (1) and false (0).</summary>
    Boolean,
}

/// <summary>One value of a constant. Where <paramref name="IsBatch"/>, it is multiplied by the batch size, which a graph here leaves open.</summary>
internal readonly record struct Element(double Value, bool IsBatch = false)
{
    /// <summary>The batch size.</summary>
    internal static Element Batch => new(1, true);

    /// <summary>The value as text: <c>N</c> for the batch size.</summary>
    public override string ToString() => !IsBatch ? Value.ToString("R", CultureInfo.InvariantCulture) : Value == 1 ? "N" : string.Create(CultureInfo.InvariantCulture, $"{Value:R}N");
}

/// <summary>A tensor whose values are known while a network is imported: a weight, or an extent that the graph computes.</summary>
internal sealed class Constant
{
    private readonly Func<Tensor>? _load;
    private Tensor? _tensor;
    private Element[]? _elements;

    /// <summary>A constant that is read from the file when it is first used.</summary>
    internal Constant(string name, Shape shape, ConstantKind kind, Func<Tensor> load)
        : this(name, shape, kind) => _load = load;

    /// <summary>A constant that was computed.</summary>
    internal Constant(Shape shape, ConstantKind kind, Element[] elements)
        : this("", shape, kind) => _elements = elements;

    private Constant(string name, Shape shape, ConstantKind kind) => (Name, Shape, Kind) = (name, shape, kind);

    /// <summary>The name that the file gives to it; empty for a computed one.</summary>
    internal string Name { get; }

    /// <summary>Its shape, batch axis included where there is one.</summary>
    internal Shape Shape { get; }

    /// <summary>What its values are.</summary>
    internal ConstantKind Kind { get; }

    /// <summary>Number of values.</summary>
    internal int Count => (int)Shape.Count;

    /// <summary>Whether it was stored in 16 bits, so that its values are rounded to about three digits.</summary>
    internal bool IsHalf => Kind == ConstantKind.Real && _load is not null && Stored.Type is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>The values, in row-major order.</summary>
    internal Element[] Elements => _elements ??= Read(Stored);

    /// <summary>The value of a constant of one element, without a factor of the batch size.</summary>
    internal double? Scalar => Count == 1 && !Elements[0].IsBatch ? Elements[0].Value : null;

    private Tensor Stored => _tensor ??= _load!();

    /// <summary>The values as a tensor of 32-bit floats of the given shape, with as many elements.</summary>
    internal Tensor Floats(Shape shape)
    {
        if (_load is not null)
        {
            return Stored.To(ElementType.Float32).Reshape(shape);
        }

        var tensor = Tensor.Zeros(shape);
        Span<float> floats = tensor.Write<float>();
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)Elements[i].Value;
        }

        return tensor;
    }

    /// <summary>The same values under another name: what an Identity node makes of it.</summary>
    internal Constant Named(string name) => _load is null ? new Constant(name, Shape, Kind) { _elements = _elements } : new Constant(name, Shape, Kind, () => Stored);

    /// <summary>The same values, and the same name, under another shape of as many.</summary>
    internal Constant Reshaped(Shape shape) => shape == Shape ? this
        : _load is null ? new Constant(shape, Kind, Elements)
        : new Constant(Name, shape, Kind, () => Stored.Reshape(shape));

    /// <summary>A weight matrix with rows and columns exchanged, which keeps its name.</summary>
    internal Constant Transposed()
    {
        var shape = Shape.Of(Shape[1], Shape[0]);
        return new Constant(Name, shape, Kind, () =>
        {
            ReadOnlySpan<float> from = Floats(Shape).Read<float>();
            var tensor = Tensor.Zeros(shape);
            Span<float> into = tensor.Write<float>();
            for (int row = 0; row < shape[0]; row++)
            {
                for (int column = 0; column < shape[1]; column++)
                {
                    into[(row * shape[1]) + column] = from[(column * shape[0]) + row];
                }
            }

            return tensor;
        });
    }

    /// <summary>A constant of one rank with the given elements.</summary>
    internal static Constant Vector(params Element[] elements) => new([elements.Length], ConstantKind.Integer, elements);

    private static Element[] Read(Tensor tensor)
    {
        var elements = new Element[checked((int)tensor.Shape.Count)];
        ReadOnlySpan<double> values = tensor.To(ElementType.Float64).Read<double>();
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = new Element(values[i]);
        }

        return elements;
    }
}
