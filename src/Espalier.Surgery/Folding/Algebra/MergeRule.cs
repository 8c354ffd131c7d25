namespace Espalier.Surgery;

/// <summary>The conditions under which linear maps can be merged into one map with the same function over the reals at no higher cost.</summary>
public enum MergeRule
{
    /// <summary>A norm before a padded kernel can be folded into it only if the norm maps some padding value to zero; no value is mapped to zero if the norm's scale is 0 and its shift is not.</summary>
    BatchNorm,

    /// <summary>The branches of a sum or concatenation must have the same input, stride, output size and padding value.</summary>
    SamplingGrid,

    /// <summary>A padded layer can be merged with the layer before it only if the padding can be moved before that layer.</summary>
    InnerPadding,

    /// <summary>A pool is a convolution only if it is an average with a constant divisor.</summary>
    AveragePool,

    /// <summary>A layer can be moved after an average pool only if it reads one pixel at a time and every pixel once.</summary>
    MeanPool,

    /// <summary>Branches can be merged only if they start at the same node.</summary>
    CommonInput,

    /// <summary>The factor of stochastic depth at inference can be folded only into weights before it whose output no other node reads.</summary>
    StochasticDepth,

    /// <summary>An exact merge is made only if the merged layer does not cost more than the layers that it replaces.</summary>
    Cost,
}
