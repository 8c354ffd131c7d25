using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>How a <see cref="Trainer"/> trains. The result depends on all of it but <see cref="Threads"/> and when checkpoints are written.</summary>
public readonly record struct TrainingOptions()
{
    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The optimizer.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { WeightDecay = 1e-4 };

    /// <summary>The learning rate that the schedule multiplies.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>How the learning rate changes.</summary>
    public Schedule Schedule { get; init; } = new CosineSchedule();

    /// <summary>What dropout, stochastic depth and mixtures are drawn from. The order of the data has the loader's own seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The loss: <see cref="CrossEntropy"/>, <see cref="Distillation"/> or one's own.</summary>
    public IObjective Objective { get; init; } = new CrossEntropy();

    /// <summary>How the images of a batch are mixed.</summary>
    public Mixing Mixing { get; init; } = new();

    /// <summary>How many parts of a batch go through the network one after another, their gradients summed: less memory, the same step (but for batch norm, which sees the parts).</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>What happens besides: <see cref="WeightAveraging"/>, <see cref="GradientClipping"/>, <see cref="FrozenScopes"/>, <see cref="GradualPruning"/>, <see cref="NormScalePenalty"/> or one's own, at most one of each.</summary>
    public ValueList<ITrainingExtension> Extensions { get; init; } = [];

    /// <summary>Whether activations are computed again in the backward pass: half the memory or less, a third more work.</summary>
    public bool Recompute { get; init; }

    /// <summary>Epochs without a better validation accuracy after which training ends; <see langword="null"/> for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Steps between two checkpoints within an epoch, or <see langword="null"/> for none but at its end.</summary>
    public int? CheckpointSteps { get; init; }

    /// <summary>Epochs between two checkpoints. The last epoch always ends with one.</summary>
    public int CheckpointEpochs { get; init; } = 1;

    /// <summary>What computes the steps. The library <c>Espalier</c> takes its CPU runtime where this is <see langword="null"/>; a <see cref="Trainer"/> has none of its own and must be given one. Another runtime rounds differently, so it is among what resuming compares.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>Threads that compute, or 0 for one for each processor.</summary>
    public int Threads { get; init; }
}
