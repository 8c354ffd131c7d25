using Espalier.Data;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options for pruning in several steps with fine-tuning after each.</summary>
internal sealed class RecoveryOptions
{
    private const int MostSteps = 1000;
    private const double RateShare = 0.1; // as for 'finetune'

    private readonly Option<int> _steps = NumberOptions.Create("--steps", "Prunes in N steps, each of which removes the same fraction of the remaining elements.", 1, MostSteps, 1);
    private readonly Option<int> _recover = NumberOptions.Create("--recover", "Fine-tunes for N epochs after each step, on the images of --data. Checkpoints are written to OUT.steps, beside OUT.", 1, 1_000_000, null);
    private readonly Option<bool> _resume = new("--resume") { Description = "Resumes an interrupted pruning in steps. The other options must be the same, except those of --change, which apply to the steps that are not finished." };
    private readonly ChangeOptions _change = new();
    private readonly Option<string?> _weights = ClassWeightOptions.Create();
    private readonly OptimizerChoiceOptions _optimizer = new(RateShare);
    private readonly ScheduleOptions _schedule = new();
    private readonly AugmentOptions _augment = new();
    private readonly Option<UnreadableSamples> _unreadable = UnreadableOptions.Create();

    internal void AddTo(Command command)
    {
        command.Add(_steps);
        command.Add(_recover);
        command.Add(_resume);
        _change.AddTo(command);
        _optimizer.AddTo(command);
        _schedule.AddTo(command);
        _augment.AddTo(command);
        command.AddAll(_weights, _unreadable);
    }

    internal int Steps(ParseResult parsed) => parsed.GetValue(_steps);

    /// <summary>Whether pruned networks are fine-tuned, which requires data.</summary>
    internal bool Recovers(ParseResult parsed) => parsed.Given(_recover) is not null;

    internal bool Resumes(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>The settings that may differ from those of the pruning that is resumed.</summary>
    internal ValueList<string> Changes(ParseResult parsed) => _change.Read(parsed, Resumes(parsed));

    /// <summary>The digest of the file of class weights, or <see langword="null"/>.</summary>
    internal string? WeightsDigest(ParseResult parsed) => ClassWeightOptions.Digest(parsed.GetValue(_weights));

    /// <summary>Throws if options contradict each other.</summary>
    internal void Require(ParseResult parsed, string? output)
    {
        if (Recovers(parsed) && output is null)
        {
            throw new EspalierException("--recover cannot be combined with --dry-run, which trains nothing");
        }

        if (Resumes(parsed) && !Recovers(parsed))
        {
            throw new EspalierException("--resume requires --recover; without training there is nothing to resume");
        }

        if (!Recovers(parsed) && parsed.GetResult(_unreadable) is { Implicit: false })
        {
            throw new EspalierException("--unreadable requires --recover");
        }

        if (!Recovers(parsed) && parsed.GetValue(_weights) is not null)
        {
            throw new EspalierException($"{ClassWeightOptions.Name} requires --recover");
        }
    }

    /// <summary>Fine-tunes a pruned model.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="training">The training.</param>
    /// <param name="context">The terminal and the cancellation token.</param>
    /// <param name="lines">The writer of the lines for epochs.</param>
    /// <param name="notes">The messages about the data.</param>
    internal static Model Recover(ParseResult parsed, ImageTraining training, CliContext context, TextWriter lines, DataNotes notes) =>
        new DisplayedTraining(context, training, new TrainingOutput(CommandLine.Continuing(parsed), lines) { Notes = notes }).Run().Model;

    /// <summary>Creates the training that recovers from a pruning.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The pruned model.</param>
    /// <param name="data">The data to train on.</param>
    /// <param name="folder">The folder for checkpoints.</param>
    /// <param name="seed">The seed of the training.</param>
    internal ImageTraining Training(ParseResult parsed, Model model, PruningData data, string folder, ulong seed)
    {
        (OptimizerOptions optimizer, double rate) = _optimizer.Read(parsed);
        ImageTrainingOptions options = ClassWeightOptions.Apply(parsed.GetValue(_weights), new ImageTrainingOptions
        {
            Training = new TrainingOptions
            {
                Epochs = parsed.GetValue(_recover),
                Optimizer = optimizer,
                LearningRate = rate,
                Schedule = _schedule.Read(parsed),
                Seed = seed,
                Threads = data.Threads,
                Runtime = data.Runtime,
            },
            Augmentation = _augment.Read(parsed),
            Batch = data.Batch,
            Folder = folder,
            Unreadable = UnreadableOptions.Read(parsed, _unreadable),
            Resume = Resumes(parsed),
            Changes = Changes(parsed),
        });
        return new ImageTraining(model, data.Matched, options) { Source = data.Name };
    }
}
