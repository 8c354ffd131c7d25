namespace Espalier.Graphs;

/// <summary>The kind of an <see cref="Op"/>. The set is closed, so the compiler can check that all kinds are handled.</summary>
/// <remarks>
/// Code that handles ops uses a switch expression over this enum without a discard arm. A missing value is a compiler error (CS8509, which
/// names it), so the compiler lists all places that a new op must be added to. All activations are one op; the differences between them are in <see cref="Tensors.Activation"/>.
/// </remarks>
public enum OpType
{
    /// <summary><see cref="Graphs.Input"/>.</summary>
    Input,

    /// <summary><see cref="Graphs.Conv2d"/>.</summary>
    Conv2d,

    /// <summary><see cref="Graphs.ChannelConv1d"/>.</summary>
    ChannelConv1d,

    /// <summary><see cref="Graphs.Linear"/>.</summary>
    Linear,

    /// <summary><see cref="Graphs.BatchNorm"/>.</summary>
    BatchNorm,

    /// <summary><see cref="Graphs.GroupNorm"/>.</summary>
    GroupNorm,

    /// <summary><see cref="Graphs.LayerNorm"/>.</summary>
    LayerNorm,

    /// <summary><see cref="Graphs.LocalResponseNorm"/>.</summary>
    LocalResponseNorm,

    /// <summary><see cref="Graphs.Affine"/>.</summary>
    Affine,

    /// <summary>Every <see cref="ActivationOp"/>.</summary>
    Activation,

    /// <summary><see cref="Graphs.PRelu"/>.</summary>
    PRelu,

    /// <summary><see cref="Graphs.Softmax"/>.</summary>
    Softmax,

    /// <summary><see cref="Graphs.RadixSoftmax"/>.</summary>
    RadixSoftmax,

    /// <summary><see cref="Graphs.Add"/>.</summary>
    Add,

    /// <summary><see cref="Graphs.Multiply"/>.</summary>
    Multiply,

    /// <summary><see cref="Graphs.Concat"/>.</summary>
    Concat,

    /// <summary><see cref="Graphs.StochasticDepth"/>.</summary>
    StochasticDepth,

    /// <summary><see cref="Graphs.Dropout"/>.</summary>
    Dropout,

    /// <summary><see cref="Graphs.Flatten"/>.</summary>
    Flatten,

    /// <summary><see cref="Graphs.MaxPool"/>.</summary>
    MaxPool,

    /// <summary><see cref="Graphs.AveragePool"/>.</summary>
    AveragePool,

    /// <summary><see cref="Graphs.AdaptiveAveragePool"/>.</summary>
    AdaptiveAveragePool,

    /// <summary><see cref="Graphs.AdaptiveMaxPool"/>.</summary>
    AdaptiveMaxPool,

    /// <summary><see cref="Graphs.BlurPool"/>.</summary>
    BlurPool,

    /// <summary><see cref="Graphs.Pad"/>.</summary>
    Pad,

    /// <summary><see cref="Graphs.PadChannels"/>.</summary>
    PadChannels,

    /// <summary><see cref="Graphs.ChannelSlice"/>.</summary>
    ChannelSlice,

    /// <summary><see cref="Graphs.ChannelShuffle"/>.</summary>
    ChannelShuffle,

    /// <summary><see cref="Graphs.Quantize"/>.</summary>
    Quantize,
}
