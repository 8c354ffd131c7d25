using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The criteria there are. Each property says by its type what it can rank.</summary>
public static class PruningCriteria
{
    /// <summary>Weights: by magnitude; units of several weights by their norm of order <see cref="WeightPruning.Norm"/>.</summary>
    public static IWeightCriterion Magnitude { get; } = new Magnitude();

    /// <summary>Weights: layer-adaptive magnitude, the square over the sum of all squares in the layer that are no smaller (Lee 2021, "Layer-adaptive sparsity for the magnitude-based pruning", equation 4). For global ranking.</summary>
    public static IWeightCriterion Lamp { get; } = new Lamp();

    /// <summary>Weights: the magnitude of the gradient.</summary>
    public static IWeightCriterion Gradient { get; } = new GradientMagnitude();

    /// <summary>Weights: |weight · gradient|, how much the loss would change to first order (Molchanov 2017, equation 6). Channels: (Σ weight · gradient)² of a filter (Molchanov 2019, equation 8).</summary>
    public static Taylor Taylor { get; } = new();

    /// <summary>Weights, channels: random numbers, a function of the request's seed and the layer's name.</summary>
    public static RandomCriterion Random { get; } = new();

    /// <summary>Channels: the sum of the absolute weights of a filter (Li 2017, "Pruning filters for efficient ConvNets").</summary>
    public static IChannelCriterion L1 { get; } = new FilterNorm(1);

    /// <summary>Channels: the root of the sum of the squared weights of a filter.</summary>
    public static IChannelCriterion L2 { get; } = new FilterNorm(2);

    /// <summary>Channels: the sum of a filter's distances to the layer's other filters: those in the middle can be replaced by others (FPGM, geometric median; He 2019, equation 4). Takes time quadratic in the width.</summary>
    public static IChannelCriterion Fpgm { get; } = new GeometricMedian();

    /// <summary>Channels: the absolute factor of the norms behind a layer (Liu 2017, "Network slimming"), made sparse in training by an L1 penalty.</summary>
    public static IChannelCriterion NormScale { get; } = new NormScale();

    /// <summary>Blocks: how much the output on samples changes without each block, √(Σ(y′ − y)²/Σy²).</summary>
    public static IBlockCriterion OutputChange { get; } = new OutputChange();

    /// <summary>Blocks: the mean |γ| of the last batch norm on each block's branch, which scales the branch's result.</summary>
    public static IBlockCriterion BlockNormScale { get; } = new BlockNormScale();

    /// <summary>Blocks: the probability with which stochastic depth let each block survive; of equals the last goes first, since it was trained to be missed most.</summary>
    public static IBlockCriterion Survival { get; } = new Survival();

    /// <summary>Blocks: a measure of the network without each block, one at a time: its loss or its error on data, of which less is better.</summary>
    /// <param name="name">What the lineage calls it.</param>
    /// <param name="measure">Measures a model. It is asked once for each block.</param>
    public static IBlockCriterion Measured(string name, Func<Model, double> measure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(measure);
        return new MeasuredBlocks(name, measure);
    }
}
