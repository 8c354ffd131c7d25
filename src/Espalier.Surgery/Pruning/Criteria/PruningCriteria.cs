using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The built-in pruning criteria. The interfaces that each type implements determine the granularities that it can rank.</summary>
public static class PruningCriteria
{
    /// <summary>Weights: the magnitude; for units of several weights the norm of order <see cref="WeightPruning.Norm"/>.</summary>
    public static IWeightCriterion Magnitude { get; } = new Magnitude();

    /// <summary>Weights: layer-adaptive magnitude, the squared weight divided by the sum of all squared weights of the layer that are not smaller (Lee 2021, "Layer-adaptive sparsity for the magnitude-based pruning", equation 4). Intended for global ranking.</summary>
    public static IWeightCriterion Lamp { get; } = new Lamp();

    /// <summary>Weights: the magnitude of the gradient.</summary>
    public static IWeightCriterion Gradient { get; } = new GradientMagnitude();

    /// <summary>Weights: |weight · gradient|, the first-order change of the loss if the weight is removed (Molchanov 2017, equation 6). Channels: (Σ weight · gradient)² of a filter (Molchanov 2019, equation 8).</summary>
    public static Taylor Taylor { get; } = new();

    /// <summary>Weights, channels: random scores that depend only on the request's seed and the parameter's name.</summary>
    public static RandomCriterion Random { get; } = new();

    /// <summary>Channels: the sum of the absolute weights of a filter (Li 2017, "Pruning filters for efficient ConvNets").</summary>
    public static IChannelCriterion L1 { get; } = new FilterNorm(1);

    /// <summary>Channels: the square root of the sum of the squared weights of a filter.</summary>
    public static IChannelCriterion L2 { get; } = new FilterNorm(2);

    /// <summary>Channels: the sum of the Euclidean distances from a filter to the other filters of the layer. Filters near the geometric median are the most redundant (FPGM; He 2019, equation 4). The time is quadratic in the width.</summary>
    public static IChannelCriterion Fpgm { get; } = new GeometricMedian();

    /// <summary>Channels: the absolute scale |γ| of the norms after a layer, which an L1 penalty makes sparse during training (Liu 2017, "Network slimming").</summary>
    public static IChannelCriterion NormScale { get; } = new NormScale();

    /// <summary>Blocks: the relative change of the output on samples if the block is removed, √(Σ(y′ − y)²/Σy²).</summary>
    public static IBlockCriterion OutputChange { get; } = new OutputChange();

    /// <summary>Blocks: the mean |γ| of the last batch norm of each block's branch, which scales the output of the branch.</summary>
    public static IBlockCriterion BlockNormScale { get; } = new BlockNormScale();

    /// <summary>Blocks: the survival probability of each block with stochastic depth. Of blocks with equal probabilities the last is removed first.</summary>
    public static IBlockCriterion Survival { get; } = new Survival();

    /// <summary>Blocks: a measure of the network without the block, such as its loss or error on data. Blocks whose removal gives the lowest values are removed first.</summary>
    /// <param name="name">The name of the criterion in the lineage.</param>
    /// <param name="measure">Measures a model; called once per block.</param>
    public static IBlockCriterion Measured(string name, Func<Model, double> measure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(measure);
        return new MeasuredBlocks(name, measure);
    }
}
