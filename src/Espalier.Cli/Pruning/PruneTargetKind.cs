namespace Espalier.Cli;

/// <summary>The measure of a pruning target.</summary>
internal enum PruneTargetKind
{
    /// <summary>A fraction of the remaining elements, or a number of them.</summary>
    Amount,

    /// <summary>The fraction of all weights that is zero after pruning, including earlier prunings.</summary>
    Sparsity,

    /// <summary>Multiply-accumulates of one sample.</summary>
    MultiplyAccumulates,

    /// <summary>Number of parameters.</summary>
    Parameters,

    /// <summary>The size of the model file.</summary>
    Bytes,

    /// <summary>Milliseconds of one sample on one thread of this machine.</summary>
    Latency,

    /// <summary>A fraction of the remaining elements for each layer or group, from a file.</summary>
    Amounts,
}
