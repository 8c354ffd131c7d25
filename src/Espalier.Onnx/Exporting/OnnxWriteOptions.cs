using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Options for writing an ONNX file.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>The oldest opset that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest opset that can be written.</summary>
    public const int NewestOpset = 22;

    /// <summary>The version of ONNX's operators that the file uses, from 13 to 22; 17 by default, which every ONNX Runtime since 1.12 reads. An operator that the opset lacks is spelled out by others.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>
    /// Whether the graph takes pixels instead of floats: <c>pixels</c>, uint8 [batch, height, width, channels] of the network's input size, RGB (one channel for networks of gray images).
    /// Channel order, range, means and standard deviations are then part of the graph; resizing and cropping are not.
    /// </summary>
    public bool WithPreprocessing { get; init; }

    /// <summary>
    /// Whether the first output is probabilities: a softmax is appended unless the network ends in one, and the output is named <c>probabilities</c>.
    /// <see langword="null"/>: with <see cref="WithPreprocessing"/> where the first output is a vector, otherwise not.
    /// </summary>
    public bool? Softmax { get; init; }

    /// <summary>Whether parameters are stored in a second file beside the first, named <c>NAME.onnx.DIGEST.data</c> by the digest of its content; always for models whose file would be larger than 2 GiB, which ONNX cannot store in one file.</summary>
    public bool ExternalData { get; init; }

    /// <summary>The largest file that is written without external data, in bytes.</summary>
    internal long LargestFile { get; init; } = int.MaxValue;

    /// <summary>Throws unless the opset can be written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It cannot.</exception>
    internal void Require() =>
        OptionCheck.Require(Opset is >= OldestOpset and <= NewestOpset, Opset, $"{OldestOpset} to {NewestOpset}", $"{nameof(OnnxWriteOptions)}.{nameof(Opset)}");
}
