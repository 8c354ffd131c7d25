using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The options of a <see cref="Trainer"/>. The result depends on all of them except <see cref="Threads"/>, <see cref="CheckpointSteps"/> and <see cref="CheckpointEpochs"/>.</summary>
public readonly record struct TrainingOptions()
{
    /// <summary>The number of epochs, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The optimizer and its settings.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { WeightDecay = 1e-4 };

    /// <summary>The base learning rate, which is multiplied by the factor of the schedule.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The learning rate schedule.</summary>
    public Schedule Schedule { get; init; } = new CosineSchedule();

    /// <summary>The random seed of dropout, stochastic depth and mixing. The order of the data and augmentation depend on the seed of the loader.</summary>
    public ulong Seed { get; init; }

    /// <summary>The loss: <see cref="CrossEntropy"/>, <see cref="Distillation"/> or a custom objective.</summary>
    public IObjective Objective { get; init; } = new CrossEntropy();

    /// <summary>
    /// The factor of the loss of each auxiliary classifier, at least 0. Auxiliary classifiers are the network's outputs after the first that have its shape; with 0 only what the first output depends on is computed and trained.
    /// <see langword="null"/> for 0.4 where <see cref="ModelMetadata.Architecture"/> is <c>inception_v3</c> or <c>inception_v3_aux</c> (as torchvision trains it), and for 0.3 in all other networks that have such outputs (Szegedy 2014, "Going deeper with convolutions", §5).
    /// </summary>
    public double? AuxiliaryWeight { get; init; }

    /// <summary>The probabilities and parameters of mixup and CutMix.</summary>
    public Mixing Mixing { get; init; } = new();

    /// <summary>The number of parts that each batch is split into for gradient accumulation: it reduces memory and gives the same step, except that batch norms compute their statistics over each part.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>How batches are cut into parts, and the processes that compute them; <see langword="null"/> for whole batches in this process. The loader must read <see cref="DataParallel.Share"/>.</summary>
    public DataParallel? Parallel { get; init; }

    /// <summary>Extensions of the training loop: <see cref="WeightAveraging"/>, <see cref="GradientClipping"/>, <see cref="FrozenScopes"/>, <see cref="GradualPruning"/>, <see cref="NormScalePenalty"/> or custom ones, at most one of each name.</summary>
    public ValueList<ITrainingExtension> Extensions { get; init; } = [];

    /// <summary>Whether activations are recomputed in the backward pass (activation checkpointing): half the memory or less, a third more computation.</summary>
    public bool Recompute { get; init; }

    /// <summary>Whether the scales of a quantized network are trained; see <see cref="TrainingRunOptions.LearnScales"/>. Other networks have none.</summary>
    public bool LearnScales { get; init; } = true;

    /// <summary>The number of epochs without a better validation accuracy after which training stops; <see langword="null"/> for no early stopping.</summary>
    public int? Patience { get; init; }

    /// <summary>The number of steps between two checkpoints within an epoch, or <see langword="null"/> for checkpoints at the end of epochs only.</summary>
    public int? CheckpointSteps { get; init; }

    /// <summary>The number of epochs between two checkpoints. A checkpoint is always written after the last epoch.</summary>
    public int CheckpointEpochs { get; init; } = 1;

    /// <summary>What computes the steps. The library <c>Espalier</c> takes its CPU runtime where this is <see langword="null"/>; a <see cref="Trainer"/> has none of its own and must be given one. Another runtime rounds differently, so it is among what resuming compares.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>The number of threads, or 0 for one per processor.</summary>
    public int Threads { get; init; }
}
