using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The options of <see cref="ModelPruning.Prune"/>: the request, the data, the number of steps, and the fine-tuning after each.</summary>
/// <param name="Request">The granularity, criterion and target of the pruning. <see cref="Weights"/>, <see cref="Channels"/> and <see cref="Blocks"/> create common requests.</param>
public sealed record PruneOptions(PruningRequest Request)
{
    private const double RecoveryRate = 0.01; // a tenth of the usual learning rate from random weights

    /// <summary>The path of labelled images, as for <see cref="DataSource.Open"/>: for the accuracy after each step, for criteria that use gradients or activations, and for fine-tuning; <see langword="null"/> if none are needed.</summary>
    public string? Data { get; init; }

    /// <summary>The rule by which the data's classes are matched to the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The fraction of images, above 0 and below 1, that are used for validation if the data has no validation part and the model is fine-tuned.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>The number of images that criteria are computed on, at least 1.</summary>
    public int Samples { get; init; } = 512;

    /// <summary>The number of pruning steps, at least 1. Each removes the same fraction of what is left; together they reach the target of the request.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The options of the fine-tuning after each step, or <see langword="null"/> for none. The folder is that of the whole pruning; each step has a subfolder.</summary>
    public ImageTrainingOptions? Recovery { get; init; }

    /// <summary>Whether the latencies of the original and the pruned model are measured in turns; see <see cref="PrunedModel.Speed"/>.</summary>
    public bool Measures { get; init; }

    /// <summary>The number of threads, at most 1024; 0 for one per processor. <see cref="Recovery"/> uses as many unless it sets a number itself.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the model for scores, accuracies and times, and trains it, where <see cref="Recovery"/> names no other; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>Prunes the weights of least magnitude in each layer by masks.</summary>
    /// <param name="share">The fraction of the weights to prune, from 0 to 1.</param>
    public static PruneOptions Weights(double share) => new(new WeightPruning { Target = PruningTarget.Fraction(share) });

    /// <summary>Removes the channels of least L1 norm until the network has at most the given fraction of its multiply-accumulates. The resulting network is smaller.</summary>
    /// <param name="workLeft">The fraction of the multiply-accumulates that may be left, above 0 and at most 1.</param>
    public static PruneOptions Channels(double workLeft) => new(new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, workLeft) });

    /// <summary>Removes the least important residual blocks.</summary>
    /// <param name="count">The number of blocks to remove, at least 1.</param>
    public static PruneOptions Blocks(int count) => new(new BlockPruning { Target = PruningTarget.Count(count) });

    /// <summary>Returns these options with fine-tuning after each step. An existing <see cref="Recovery"/> keeps its other options; otherwise the learning rate is 0.01.</summary>
    /// <param name="epochs">The number of epochs after each step.</param>
    /// <param name="data">The path of the images to train on.</param>
    public PruneOptions Recovering(int epochs, string data) => this with
    {
        Data = data,
        Recovery = Recovery is { } known
            ? known with { Training = known.Training with { Epochs = epochs } }
            : new ImageTrainingOptions { Batch = 64, Training = new TrainingOptions { Epochs = epochs, LearningRate = RecoveryRate } },
    };

    /// <summary>The recovery as it is run: in a folder of its own, on the pruning's runtime and threads where it says no others.</summary>
    /// <param name="recovery">The <see cref="Recovery"/>.</param>
    /// <param name="folder">Its folder, or <see langword="null"/>.</param>
    /// <param name="runtime">The pruning's.</param>
    internal ImageTrainingOptions AsRun(ImageTrainingOptions recovery, string? folder, IRuntime runtime) => recovery with
    {
        Folder = folder,
        Training = recovery.Training with { Runtime = recovery.Training.Runtime ?? runtime, Threads = recovery.Training.Threads > 0 ? recovery.Training.Threads : Threads },
    };

    internal void Require()
    {
        OptionCheck.NotNull(Request, $"{nameof(PruneOptions)}.{nameof(Request)}");
        OptionCheck.NotEmpty(Data, $"{nameof(PruneOptions)}.{nameof(Data)}");
        OptionCheck.Require(ValidationShare is > 0 and < 1, ValidationShare, "a share above 0 and below 1", $"{nameof(PruneOptions)}.{nameof(ValidationShare)}");
        OptionCheck.AtLeast<int>(Samples, 1, $"{nameof(PruneOptions)}.{nameof(Samples)}");
        OptionCheck.AtLeast<int>(Steps, 1, $"{nameof(PruneOptions)}.{nameof(Steps)}");
        ThreadCount.Require(Threads, $"{nameof(PruneOptions)}.{nameof(Threads)}");
        Recovery?.Require();
    }

    internal DataSourceOptions ToSource(int side) => new() { ValidationShare = ValidationShare, GeneratedSide = side };
}
