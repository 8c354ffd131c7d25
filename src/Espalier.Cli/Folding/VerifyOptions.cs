using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The samples on which a model is run before and after a change.</summary>
/// <param name="name">The name of the option that gives the samples.</param>
/// <param name="keepsLabels">Whether --labels only applies to models without labels, as for verbs with two models.</param>
/// <param name="otherwise">The samples if the option is not given, for its description: some of other data of the verb; by default random values.</param>
internal sealed class VerifyOptions(string name = "--verify", bool keepsLabels = false, string? otherwise = null)
{
    private const string RandomWord = "random";
    private const int UsualBatch = 32;

    private readonly Option<string?> _verify = new(name)
    {
        Description = "Samples to run both networks on: CIFAR-10 binary files or their folder, a folder of images, or 'random' for random values from a seed." + (otherwise is null ? "" : $" By default {otherwise}."),
        HelpName = "DATA",
        DefaultValueFactory = otherwise is null ? _ => RandomWord : null,
    };

    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Only N images to run both on: the first, or, of folders of classes, some of every class, the same each time.", 1, int.MaxValue, null);
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new();

    internal void AddTo(Command command)
    {
        command.AddAll(_verify, _limit);
        _preprocessing.AddTo(command);
        DecodingOptions.AddTo(command);
        _classes.AddTo(command);
        command.AddAll(_batch, _threads);
        RuntimeOptions.AddTo(command);
    }

    /// <summary>Opens the samples.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, which gets the preprocessing and the labels of the command line, or if it has no labels those of the samples.</param>
    /// <param name="context">The terminal, for notes about assumptions, and the cancellation token.</param>
    /// <param name="hasOtherImages">Whether the verb reads other images too, so that options of decoding have a use without samples.</param>
    internal ComparisonSamples Open(ParseResult parsed, ref Model model, CliContext context, bool hasOtherImages = false)
    {
        string path = parsed.GetValue(_verify)!;
        int threads = CommonOptions.Threads(parsed, context);
        IRuntime runtime = RuntimeOptions.Read(parsed);
        if (path == RandomWord)
        {
            _classes.RequireNone(parsed, $"{_verify.Name} DATA");
            if (!hasOtherImages)
            {
                DecodingOptions.RequireNone(parsed, $"{_verify.Name} DATA");
            }

            model = Label(parsed, _preprocessing.ApplyGiven(parsed, model));
            return new ComparisonSamples(runtime, threads);
        }

        model = Label(parsed, _preprocessing.Apply(parsed, model));
        MatchedDataset images = ClassMatching.HoldsImages(path) ? Unlabelled(parsed, path, model) : _classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal, DecodingOptions.Source(parsed));
        return new ComparisonSamples(runtime, threads)
        {
            Name = path,
            Images = parsed.GetResult(_limit) is null ? images : images.Limit(parsed.GetValue(_limit)),
            Loading = new DataLoaderOptions { BatchSize = parsed.GetValue(_batch), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip },
        };
    }

    /// <summary>Opens the samples of a quantization.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, prepared (<see cref="Prepare(ParseResult, Model)"/>), which gets labels as in <see cref="Open(ParseResult, ref Model, CliContext, bool)"/>.</param>
    /// <param name="images">The images of its calibration, of whose data the samples are if the option is not given.</param>
    /// <param name="context">The terminal and the cancellation token.</param>
    internal ComparisonSamples Open(ParseResult parsed, ref Model model, CalibrationImages images, CliContext context) => parsed.GetValue(_verify) is null
        ? images.Others(ref model, _classes.Rule(parsed), RuntimeOptions.Read(parsed), CommonOptions.Threads(parsed, context), parsed.Given(_limit), parsed.GetValue(_batch))
        : Open(parsed, ref model, context, hasOtherImages: true);

    /// <summary>The path of the samples, or <see langword="null"/> if none is given.</summary>
    internal string? Path(ParseResult parsed) => parsed.GetValue(_verify);

    /// <summary>The number of threads.</summary>
    internal int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>A model that must have preprocessing, with that and the labels of the command line.</summary>
    internal Model Prepare(ParseResult parsed, Model model) => Label(parsed, _preprocessing.Apply(parsed, model));

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

        foreach (string note in comparison.Notes)
        {
            terminal.Note(note);
        }

        return change;
    }

    private Model Label(ParseResult parsed, Model model) => keepsLabels && model.Metadata.Labels.Count > 0 ? model : _classes.Label(parsed, model);

    private MatchedDataset Unlabelled(ParseResult parsed, string path, Model model)
    {
        _classes.RequireNone(parsed, path);
        return ClassMatching.OpenUnlabelled(model, path, DecodingOptions.Read(parsed));
    }
}
