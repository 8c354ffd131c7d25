using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Options for reading an ONNX file.</summary>
public sealed record OnnxReadOptions
{
    /// <summary>Height and width of inputs whose height and width are free; <see langword="null"/> where the file fixes them or <see cref="Sizes"/> has them.</summary>
    public Size? InputSize { get; init; }

    /// <summary>Extents for free axes of inputs: by the name that the file gives to the extent, or by input and axis, such as <c>data:2</c>. The batch axis needs none.</summary>
    public IReadOnlyDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>();

    /// <summary>Limits on files, tensors and nodes.</summary>
    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>
    /// Whether quantized weights of −128, which PyTorch's quantizer writes, become −127, so that their layers are computed in integers here. Otherwise these layers are computed in floating point from the same integers,
    /// exactly as in the file. Notes say which was done.
    /// </summary>
    public bool LimitWeights { get; init; }
}
