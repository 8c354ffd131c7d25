namespace Espalier.Cli;

/// <summary>What says how much goes.</summary>
internal enum PruneTargetKind
{
    /// <summary>A share of what is left, or a number.</summary>
    Amount,

    /// <summary>The share of weights that are removed in the end.</summary>
    Sparsity,

    /// <summary>Multiply-accumulates of one sample.</summary>
    MultiplyAccumulates,

    /// <summary>Number of parameters.</summary>
    Parameters,

    /// <summary>The size of the model file.</summary>
    Bytes,

    /// <summary>Milliseconds of one sample on one thread of this machine.</summary>
    Latency,

    /// <summary>A share of what is left of each layer or group, from a file.</summary>
    Amounts,
}
