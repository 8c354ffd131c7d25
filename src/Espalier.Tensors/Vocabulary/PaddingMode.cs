namespace Espalier.Tensors;

/// <summary>What the pixels that padding adds to a feature map hold.</summary>
public enum PaddingMode
{
    /// <summary>Values that are parameters.</summary>
    Constant,

    /// <summary>The map mirrored at its outermost pixels, which are not repeated: PyTorch's <c>ReflectionPad2d</c>, ONNX's <c>reflect</c>.</summary>
    Reflect,

    /// <summary>The nearest pixel of the map: PyTorch's <c>ReplicationPad2d</c>, ONNX's <c>edge</c>.</summary>
    Replicate,

    /// <summary>Zero: PyTorch's <c>ZeroPad2d</c>.</summary>
    Zero,
}

/// <summary>The pixels that padding without a value repeats.</summary>
internal static class PaddingModes
{
    /// <summary>The row or column of a map that position <paramref name="position"/> of the padded axis repeats; itself where it lies inside.</summary>
    /// <param name="mode"><see cref="PaddingMode.Reflect"/> or <see cref="PaddingMode.Replicate"/>.</param>
    /// <param name="position">Negative before the map. When reflecting, less than <paramref name="extent"/> pixels away from the map.</param>
    /// <param name="extent">Rows or columns of the map.</param>
    internal static int Source(this PaddingMode mode, int position, int extent) => mode switch
    {
        PaddingMode.Reflect => position < 0 ? -position : position < extent ? position : (2 * (extent - 1)) - position,
        PaddingMode.Replicate => Math.Clamp(position, 0, extent - 1),
        PaddingMode.Constant or PaddingMode.Zero => throw new ArgumentException("Constant padding repeats no pixel.", nameof(mode)),
    };

    /// <summary>Whether the added pixels repeat those of the map.</summary>
    internal static bool IsRepeated(this PaddingMode mode) => mode is PaddingMode.Reflect or PaddingMode.Replicate;
}
