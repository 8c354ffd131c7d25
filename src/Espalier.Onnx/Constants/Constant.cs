using System.Globalization;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using DataType = Espalier.Onnx.Proto.TensorProto.Types.DataType;

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

/// <summary>Weights in integers from −127 to 127, or a bias in integers of 32 bits.</summary>
/// <param name="Integers">Their values, as Int8 or Int32; <see langword="null"/> for weights beyond that.</param>
/// <param name="Scales">One for each position of an axis, or one for all.</param>
/// <param name="Axis">The axis of <paramref name="Scales"/>.</param>
/// <param name="Is32Bits">Whether they are Int32.</param>
internal sealed record QuantizedConstant(Func<Tensor>? Integers, float[] Scales, int Axis, bool Is32Bits)
{
    /// <summary>Whether −128 has become −127.</summary>
    internal bool IsLimited { get; init; }

    /// <summary>Those of a matrix of weights with rows and columns exchanged.</summary>
    internal QuantizedConstant Transposed() => this with { Integers = Integers is { } integers ? () => Exchanged(integers()) : null, Axis = 1 - Axis };

    private static Tensor Exchanged(Tensor matrix)
    {
        var result = Tensor.Zeros([matrix.Shape[1], matrix.Shape[0]], ElementType.Int8);
        ReadOnlySpan<sbyte> from = matrix.Read<sbyte>();
        Span<sbyte> to = result.Write<sbyte>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[(i % matrix.Shape[0] * matrix.Shape[1]) + (i / matrix.Shape[0])];
        }

        return result;
    }
}

/// <summary>A tensor whose values are known while a network is imported: a weight, or an extent that the graph computes.</summary>
internal sealed class Constant
{
    private readonly ConstantValues _values;

    /// <summary>A constant that is read from the file when it is first used.</summary>
    internal Constant(string name, Shape shape, ConstantKind kind, Func<Tensor> load)
        : this(name, shape, kind, new ConstantValues(load)) { }

    /// <summary>A constant that was computed.</summary>
    internal Constant(Shape shape, ConstantKind kind, Element[] elements)
        : this("", shape, kind, new ConstantValues(elements)) { }

    private Constant(string name, Shape shape, ConstantKind kind, ConstantValues values) => (Name, Shape, Kind, _values) = (name, shape, kind, values);

    /// <summary>The name that the file gives to it; empty for a computed one.</summary>
    internal string Name { get; }

    /// <summary>Its shape, batch axis included where there is one.</summary>
    internal Shape Shape { get; }

    /// <summary>What its values are.</summary>
    internal ConstantKind Kind { get; }

    /// <summary>Number of values.</summary>
    internal int Count => (int)Shape.Count;

    /// <summary>The type in the file; <see langword="null"/> of computed values.</summary>
    internal ElementType? StoredType => _values.StoredType;

    /// <summary>The integers that the values stand for; <see langword="null"/> for values that are not those of 8-bit weights.</summary>
    internal QuantizedConstant? Quantized { get; init; }

    /// <summary>Whether it was stored in 16 bits, so that its values are rounded to about three digits.</summary>
    internal bool IsHalf => Kind == ConstantKind.Real && _values.StoredType is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>The values, in row-major order.</summary>
    internal Element[] Elements => _values.Elements;

    /// <summary>The value of a constant of one element, without a factor of the batch size.</summary>
    internal double? Scalar => Count == 1 && !Elements[0].IsBatch ? Elements[0].Value : null;

    /// <summary>Whether <see cref="Transposed"/> needs no new copy.</summary>
    internal bool HasTransposed => _values.HasTransposed(Shape[0]);

    /// <summary>The values as a tensor of 32-bit floats of the given shape, with as many elements; nodes that read the same constant share it.</summary>
    internal Tensor Floats(Shape shape) => _values.Floats.Reshape(shape);

    /// <summary>The same values under another name: what an Identity node makes of it.</summary>
    internal Constant Named(string name) => new(name, Shape, Kind, _values) { Quantized = Quantized };

    /// <summary>The same values, and the same name, under another shape of as many.</summary>
    internal Constant Reshaped(Shape shape) => shape == Shape ? this : new Constant(Name, shape, Kind, _values);

    /// <summary>A weight matrix with rows and columns exchanged, which keeps its name; its values are copied once for all that have the same under the same shape.</summary>
    internal Constant Transposed() => new(Name, [Shape[1], Shape[0]], Kind, _values.Transposed(Shape[0], Shape[1]))
    {
        Quantized = Quantized?.Transposed(),
    };

    /// <summary>A tensor of the file as a constant that is read when it is used.</summary>
    internal static Constant Of(TensorProto tensor, OnnxFile file)
    {
        Shape shape = TensorData.ShapeOf(tensor, file);
        ConstantKind kind = (DataType)tensor.DataType switch
        {
            DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 => ConstantKind.Real,
            DataType.Bool => ConstantKind.Boolean,
            _ => ConstantKind.Integer,
        };
        return new Constant(tensor.Name, shape, kind, () => TensorData.Read(tensor, file));
    }

    /// <summary>A constant of one rank with the given elements.</summary>
    internal static Constant Vector(params Element[] elements) => new([elements.Length], ConstantKind.Integer, elements);
}
