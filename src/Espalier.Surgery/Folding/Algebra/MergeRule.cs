namespace Espalier.Surgery;

/// <summary>The rules that decide whether linear maps may be merged: each names the condition under which a merge is the same function over the reals.</summary>
public enum MergeRule
{
    /// <summary>A norm in front of a padded kernel goes into it only if some padding value becomes zero through the norm: none does where its scale is 0.</summary>
    BatchNorm,

    /// <summary>A sum or concatenation needs branches with one input, one stride, one output size and one padding value.</summary>
    SamplingGrid,

    /// <summary>A padded layer takes in the layer before it only where the padding can be moved in front of that layer.</summary>
    InnerPadding,

    /// <summary>A pool is a convolution only if it is an average with a constant divisor.</summary>
    AveragePool,

    /// <summary>A layer moves behind an averaging pool only if it sees one pixel at a time and every pixel once.</summary>
    MeanPool,

    /// <summary>The branches do not begin at one node.</summary>
    CommonInput,

    /// <summary>The factor of stochastic depth at inference needs weights in front of it that nobody else reads.</summary>
    StochasticDepth,

    /// <summary>The merge is exact but would cost more than what it replaces.</summary>
    Cost,
}
