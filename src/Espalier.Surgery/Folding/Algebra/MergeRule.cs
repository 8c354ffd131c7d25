namespace Espalier.Surgery;

/// <summary>The rules that decide whether linear maps may be merged: each names the condition under which a merge is the same function over the reals.</summary>
public enum MergeRule
{
    /// <summary>A norm before a padded kernel can be folded into it only if some padding value is mapped to zero by the norm, which none is if its scale is 0.</summary>
    BatchNorm,

    /// <summary>A sum or concatenation needs branches with one input, one stride, one output size and one padding value.</summary>
    SamplingGrid,

    /// <summary>A padded layer can be merged with the layer before it only if the padding can be moved before that layer.</summary>
    InnerPadding,

    /// <summary>A pool is a convolution only if it is an average with a constant divisor.</summary>
    AveragePool,

    /// <summary>A layer can be moved after an average pool only if it reads one pixel at a time and every pixel once.</summary>
    MeanPool,

    /// <summary>The branches do not start at the same node.</summary>
    CommonInput,

    /// <summary>The factor of stochastic depth at inference needs weights before it that no other node reads.</summary>
    StochasticDepth,

    /// <summary>The merge is exact but would cost more than what it replaces.</summary>
    Cost,
}
