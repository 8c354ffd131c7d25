using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>How a model is pruned: what goes, on which data that is looked at, in how many steps, and how it recovers from each.</summary>
/// <param name="Request">What goes, by which criterion and how far. <see cref="Weights"/>, <see cref="Channels"/> and <see cref="Blocks"/> make the usual ones.</param>
public sealed record PruneOptions(PruningRequest Request)
{
    private const double RecoveryRate = 0.01; // a tenth of what networks learn with that know nothing yet

    /// <summary>Images with classes, as <see cref="DataSource.Open"/> takes them: for the accuracy after each step, for criteria that look at gradients or outputs, and to recover with; <see langword="null"/> where nothing needs them.</summary>
    public string? Data { get; init; }

    /// <summary>How the data's classes are found among the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>The share of images to measure on, above 0 and below 1, where the data has no part for it and the others are learnt from.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Images that scores are taken from, at least 1.</summary>
    public int Samples { get; init; } = 512;

    /// <summary>Prunings, at least 1, each of which removes the same share of what is left; together they remove what the request asks for.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The fine-tuning after each step, or <see langword="null"/> for none. Its folder is that of the whole pruning, with one in it for each step.</summary>
    public ImageTrainingOptions? Recovery { get; init; }

    /// <summary>Whether the model before and the pruned one are measured in turns, so that the result tells whether it is faster.</summary>
    public bool Measures { get; init; }

    /// <summary>Threads that compute, where <see cref="Recovery"/> says no other number for itself; at most 1024, 0 for one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>What runs the model for scores, accuracies and times, and trains it, where <see cref="Recovery"/> names no other; <see langword="null"/> for <see cref="Runtimes.Cpu"/>.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>Prunes single weights by masks: those of least magnitude in each layer.</summary>
    /// <param name="share">The share of the weights that goes, from 0 to 1.</param>
    public static PruneOptions Weights(double share) => new(new WeightPruning { Target = PruningTarget.Fraction(share) });

    /// <summary>Removes channels for real, those of the least L1 norm, until the network takes so much less work.</summary>
    /// <param name="workLeft">The share of the multiply-accumulates that may be left, above 0 and at most 1.</param>
    public static PruneOptions Channels(double workLeft) => new(new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, workLeft) });

    /// <summary>Removes whole residual blocks, the least important ones.</summary>
    /// <param name="count">How many, at least 1.</param>
    public static PruneOptions Blocks(int count) => new(new BlockPruning { Target = PruningTarget.Count(count) });

    /// <summary>The same with a fine-tuning of some epochs after each step. Where there is a <see cref="Recovery"/> already, it keeps its other options; otherwise the learning rate is 0.01.</summary>
    /// <param name="epochs">Epochs after each step.</param>
    /// <param name="data">The images to learn from.</param>
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
