using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>The values of a constant, each form of them made once, when it is first needed, whatever names and shapes the constant has.</summary>
internal sealed class ConstantValues
{
    private readonly Dictionary<int, ConstantValues> _transposed = []; // by the number of rows
    private readonly Func<Tensor>? _load;
    private Tensor? _stored;
    private Tensor? _floats;
    private Element[]? _elements;

    /// <summary>Values that are read from the file when they are first used.</summary>
    internal ConstantValues(Func<Tensor> load) => _load = load;

    /// <summary>Values that were computed.</summary>
    internal ConstantValues(Element[] elements) => _elements = elements;

    /// <summary>The type in the file; <see langword="null"/> of computed values.</summary>
    internal ElementType? StoredType => Stored?.Type;

    /// <summary>In row-major order, with the factor of the batch size.</summary>
    internal Element[] Elements => _elements ??= Read(Stored!);

    /// <summary>As 32-bit floats.</summary>
    internal Tensor Floats => _floats ??= Stored?.To(ElementType.Float32) ?? Tensor.From<float>([Elements.Length], Array.ConvertAll(Elements, element => (float)element.Value));

    private Tensor? Stored => _stored ??= _load?.Invoke();

    /// <summary>Whether <see cref="Transposed"/> has made its copy.</summary>
    internal bool HasTransposed(int rows) => _transposed.ContainsKey(rows);

    /// <summary>The values, those of a matrix, with rows and columns exchanged; the same ones each time.</summary>
    internal ConstantValues Transposed(int rows, int columns)
    {
        if (!_transposed.TryGetValue(rows, out ConstantValues? exchanged))
        {
            _transposed[rows] = exchanged = new ConstantValues(() => Exchanged(Floats.Read<float>(), rows, columns));
        }

        return exchanged;
    }

    private static Tensor Exchanged(ReadOnlySpan<float> from, int rows, int columns)
    {
        var tensor = Tensor.Zeros([columns, rows]);
        Span<float> into = tensor.Write<float>();
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < rows; row++)
            {
                into[(column * rows) + row] = from[(row * columns) + column];
            }
        }

        return tensor;
    }

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
