namespace Espalier.Surgery;

/// <summary>The transforms that a merge consists of. The first six are the transforms I to VI of Ding 2021 (Diverse Branch Block, §3.2).</summary>
public enum MergeTransform
{
    /// <summary>I: a layer and the batch norm before or after it.</summary>
    BatchNorm,

    /// <summary>II: branches that are added.</summary>
    ParallelSum,

    /// <summary>III: one kernel after another.</summary>
    Sequence,

    /// <summary>IV: branches that are concatenated.</summary>
    Concatenation,

    /// <summary>V: average pooling as a convolution.</summary>
    AveragePool,

    /// <summary>VI: kernels of different sizes written as one.</summary>
    MultiScale,

    /// <summary>The factors of stochastic depth at inference.</summary>
    StochasticDepth,

    /// <summary>Channel slices, channel shuffles and padding with channels of zeros.</summary>
    ChannelSelection,

    /// <summary>Padding with a constant value per channel.</summary>
    BorderValue,

    /// <summary>The merge of some operands of a sum or concatenation whose other operands cannot be merged; the op is re-associated.</summary>
    PartialJoin,

    /// <summary>A layer that was moved after the average pool that followed it.</summary>
    MovedAfterPool,

    /// <summary>A layer and the factors and shifts per channel before or after it, such as a layer scale.</summary>
    Affine,
}
