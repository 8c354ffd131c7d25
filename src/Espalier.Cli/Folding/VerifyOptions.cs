using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The samples on which a model is run before and after a change.</summary>
/// <param name="name">The name of the option that gives the samples.</param>
/// <param name="keepsLabels">Whether --labels only applies to models without labels, as for verbs with two models.</param>
internal sealed class VerifyOptions(string name = "--verify", bool keepsLabels = false)
{
    private const string RandomWord = "random";
    private const int UsualBatch = 32;

    private readonly Option<string> _verify = new(name)
    {
        Description = "Samples to run both networks on: CIFAR-10 binary files or their folder, a folder of images, or 'random' for random values from a seed.",
        HelpName = "DATA",
        DefaultValueFactory = _ => RandomWord,
    };

    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Only the first N images.", 1, int.MaxValue, null);
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new();

    internal void AddTo(Command command)
    {
        command.AddAll(_verify, _limit);
        _preprocessing.AddTo(command);
        _classes.AddTo(command);
        command.AddAll(_batch, _threads, RuntimeOptions.Create());
    }

    /// <summary>Opens the samples.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, which gets the preprocessing and the labels of the command line, or if it has no labels those of the samples.</param>
    /// <param name="context">The terminal, for notes about assumptions, and the cancellation token.</param>
    internal ComparisonSamples Open(ParseResult parsed, ref Model model, CliContext context)
    {
        string path = parsed.GetRequiredValue(_verify);
        int threads = parsed.GetValue(_threads);
        IRuntime runtime = RuntimeOptions.Read(parsed);
        if (path == RandomWord)
        {
            _classes.RequireNone(parsed, $"{_verify.Name} DATA");
            model = Label(parsed, _preprocessing.ApplyGiven(parsed, model));
            return new ComparisonSamples(runtime, threads);
        }

        model = Label(parsed, _preprocessing.Apply(parsed, model));
        MatchedDataset images = ClassMatching.HoldsImages(path) ? Unlabelled(parsed, path, model) : _classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal);
        return new ComparisonSamples(runtime, threads)
        {
            Name = path,
            Images = parsed.GetResult(_limit) is null ? images : images.First(parsed.GetValue(_limit)),
            Loading = new DataLoaderOptions { BatchSize = parsed.GetValue(_batch), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip },
        };
    }

    /// <summary>A second model with the preprocessing and the labels of the command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="second">The second model.</param>
    /// <param name="first">The model that the samples were opened for.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="terminal">The terminal, for notes about assumptions.</param>
    internal Model Prepare(ParseResult parsed, Model second, Model first, ComparisonSamples samples, Terminal terminal) =>
        _classes.LabelSecond(parsed, _preprocessing.ApplyGiven(parsed, second), first, samples.Images is { ClassNames.Count: > 0 } images ? images : null, terminal);

    /// <summary>Prints a warning for each image that could not be read, and returns <paramref name="change"/>.</summary>
    internal static T Warned<T>(T change, ModelComparison comparison, Terminal terminal)
    {
        foreach (SampleFailure failure in comparison.Unreadable)
        {
            terminal.Warn(failure.ToString());
        }

        return change;
    }

    private Model Label(ParseResult parsed, Model model) => keepsLabels && model.Metadata.Labels.Count > 0 ? model : _classes.Label(parsed, model);

    private MatchedDataset Unlabelled(ParseResult parsed, string path, Model model)
    {
        _classes.RequireNone(parsed, path);
        return ClassMatching.OpenUnlabelled(model, path);
    }
}
