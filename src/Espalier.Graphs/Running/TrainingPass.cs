namespace Espalier.Graphs;

/// <summary>Which forward pass of a training run it is: its random draws, and what becomes of the running statistics.</summary>
/// <param name="Step">The index of the draws of dropout and stochastic depth, which are a pure function of (seed, step, node, sample).</param>
public readonly record struct TrainingPass(long Step)
{
    /// <summary>The position of the first image in the batch that the draws are for: 0, unless the images are a part of a larger batch.</summary>
    public int FirstSample { get; init; }

    /// <summary>Whether running statistics stay as they are. Batches that are cut into parts update them with the first part, as PyTorch's DistributedDataParallel does with those of its first process.</summary>
    public bool KeepsStatistics { get; init; }

    /// <summary>A pass over a whole batch.</summary>
    public static implicit operator TrainingPass(long step) => new(step);

    /// <summary>A pass over a whole batch.</summary>
    public static TrainingPass FromInt64(long step) => new(step);
}
