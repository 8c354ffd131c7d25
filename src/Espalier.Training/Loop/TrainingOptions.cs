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

    /// <summary>The part of each target's probability that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How the images of a batch are mixed.</summary>
    public Mixing Mixing { get; init; } = new();

    /// <summary>A teacher, or <see langword="null"/>.</summary>
    public Distillation? Distillation { get; init; }

    /// <summary>How many parts of a batch go through the network one after another, their gradients summed: less memory, the same step (but for batch norm, which sees the parts).</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The greatest norm of all gradients together, or <see langword="null"/> for any.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The greatest magnitude of a gradient's number, or <see langword="null"/> for any.</summary>
    public double? ClipValue { get; init; }

    /// <summary>The decay of an average of the weights, which is then validated and kept instead of the newest ones; <see langword="null"/> for none.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Scopes that are not trained and whose batch norms keep their statistics: <c>layer1</c>, <c>conv1</c>.</summary>
    public ValueList<string> Frozen { get; init; } = [];

    /// <summary>Pruning of weights during the training, or <see langword="null"/>. The best model is looked for once it has ended.</summary>
    public GradualPruning? Pruning { get; init; }

    /// <summary>λ of an L1 penalty on the factors of norms whose channels may be removed (sparsity training; Liu 2017 takes 1e-5 to 1e-4), so that <see cref="Surgery.ChannelImportance.NormScale"/> finds channels to remove; 0 for none.</summary>
    public double NormScaleDecay { get; init; }

    /// <summary>Whether activations are computed again in the backward pass: half the memory or less, a third more work.</summary>
    public bool Recompute { get; init; }

    /// <summary>Epochs without a better validation accuracy after which training ends; <see langword="null"/> for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Steps between two checkpoints within an epoch, or <see langword="null"/> for none but at its end.</summary>
    public int? CheckpointSteps { get; init; }

    /// <summary>Epochs between two checkpoints. The last epoch always ends with one.</summary>
    public int CheckpointEpochs { get; init; } = 1;

    /// <summary>Threads that compute, or 0 for one for each processor.</summary>
    public int Threads { get; init; }
}
