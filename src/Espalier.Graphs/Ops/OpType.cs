namespace Espalier.Graphs;

/// <summary>Which op an <see cref="Op"/> is: the set is closed, and known to the compiler.</summary>
/// <remarks>
/// Whoever does something with ops has a table: a switch expression over this enum without a discard arm. A value that it does not name is a compiler error (CS8509, which
/// says which), so a new op leads its author to every table. Activations are one op to all tables: what differs between them is in <see cref="Tensors.Activation"/>.
/// </remarks>
public enum OpType
{
    /// <summary><see cref="Graphs.Input"/>.</summary>
    Input,

    /// <summary><see cref="Graphs.Conv2d"/>.</summary>
    Conv2d,

    /// <summary><see cref="Graphs.Linear"/>.</summary>
    Linear,

    /// <summary><see cref="Graphs.BatchNorm"/>.</summary>
    BatchNorm,

    /// <summary><see cref="Graphs.GroupNorm"/>.</summary>
    GroupNorm,

    /// <summary>Every <see cref="ActivationOp"/>.</summary>
    Activation,

    /// <summary><see cref="Graphs.Softmax"/>.</summary>
    Softmax,

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

    /// <summary><see cref="Graphs.Pad"/>.</summary>
    Pad,

    /// <summary><see cref="Graphs.PadChannels"/>.</summary>
    PadChannels,

    /// <summary><see cref="Graphs.ChannelSlice"/>.</summary>
    ChannelSlice,

    /// <summary><see cref="Graphs.ChannelShuffle"/>.</summary>
    ChannelShuffle,
}
