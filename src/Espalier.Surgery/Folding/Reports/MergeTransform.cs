namespace Espalier.Surgery;

/// <summary>What a merge is made of. The first six are the transforms of the field (Ding 2021, Diverse Branch Block, §3.2), in its order.</summary>
public enum MergeTransform
{
    /// <summary>I: a layer and the batch norm beside it.</summary>
    BatchNorm,

    /// <summary>II: branches that are added.</summary>
    ParallelSum,

    /// <summary>III: one kernel behind another.</summary>
    Sequence,

    /// <summary>IV: branches that are concatenated.</summary>
    Concatenation,

    /// <summary>V: average pooling as a convolution.</summary>
    AveragePool,

    /// <summary>VI: kernels of several sizes written as one.</summary>
    MultiScale,

    /// <summary>The factors of stochastic depth at inference.</summary>
    StochasticDepth,

    /// <summary>Channels that are taken, shuffled or padded with zeros.</summary>
    ChannelSelection,

    /// <summary>Pixels padded with a value for each channel.</summary>
    BorderValue,

    /// <summary>Some of a join's branches, because others cannot: the join is re-associated.</summary>
    PartialJoin,

    /// <summary>A layer that has changed places with the averaging pool behind it.</summary>
    MovedBehindPool,
}
