using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options that say what images pruning looks at: for scores, for accuracy before and after, and to recover with.</summary>
internal sealed class PruningDataOptions
{
    private const int UsualSamples = 512; // the order of scores hardly changes with more
    private const int UsualBatch = 64;

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Images whose classes are known, as for 'evaluate' and 'finetune', or '{DataSource.Generated}': tells accuracy before and after; scores by gradient, Taylor and output change come from it, and --recover learns from it.",
        HelpName = "PATH",
    };

    private readonly Option<int> _samples = NumberOptions.Create("--samples", "Images that scores are taken from.", 1, int.MaxValue, UsualSamples);
    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Only N images tell the accuracy, chosen as by 'evaluate'.", 1, int.MaxValue, null);
    private readonly Option<double> _share = DecimalOptions.Create("--validation-share", "The share of images to measure on, where the data has no part for it and the others are learnt from.", 0, 1, 0.1);
    private readonly Option<int> _batch = NumberOptions.Create("--batch", "Images in one pass and in a step of --recover.", 1, 1 << 16, UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new();

    internal void AddTo(Command command)
    {
        command.AddAll(_data, _samples, _limit, _share, SplitOptions.Create(), _batch, _threads);

        _preprocessing.AddTo(command);
        DecodingOptions.AddTo(command);
        _classes.AddTo(command);
    }

    internal int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>The model with the preprocessing and the labels of the command line, whether or not there is data.</summary>
    internal Model Prepare(ParseResult parsed, Model model) => _classes.Label(parsed, _preprocessing.ApplyGiven(parsed, model));

    /// <summary>Refuses options about the classes of data where none is looked at.</summary>
    internal void RequireNoClasses(ParseResult parsed)
    {
        _classes.RequireNone(parsed, "--data");
        DecodingOptions.RequireNone(parsed, "--data");
    }

    /// <summary>Opens the data, if there is any.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, prepared; gets the data's class names where it has no labels.</param>
    /// <param name="learns">Why some of it has to be learnt from: an option, for errors; or <see langword="null"/>, and all is measured on that <c>evaluate</c> would measure on.</param>
    /// <param name="context">Where it is said what was assumed, and when to stop.</param>
    internal PruningData? Open(ParseResult parsed, ref Model model, string? learns, CliContext context)
    {
        if (parsed.GetValue(_data) is not string path)
        {
            RequireNoClasses(parsed);
            return learns is null ? null : throw new EspalierException($"{learns} needs images to learn from: say which with --data");
        }

        model = _preprocessing.Apply(parsed, model);
        DataSourceOptions options = DecodingOptions.Source(parsed) with { ValidationShare = parsed.GetValue(_share), Stratified = SplitOptions.IsStratified(parsed), GeneratedSide = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height };
        MatchedTrainingData data = learns is null
            ? MatchedTrainingData.MeasuredOn(_classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal, options))
            : _classes.Match(parsed, ref model, DataSource.Open(path, options), context.Terminal);
        new DataNotes(context.Terminal, data.Training, data.Validation).Tell();
        return new PruningData(parsed.Given(_limit) is int limit ? data with { Validation = data.Validation.Limit(limit) } : data, context.Cancellation)
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
            Samples = parsed.GetValue(_samples),
            Batch = parsed.GetValue(_batch),
            Threads = parsed.GetValue(_threads),
            Runtime = RuntimeOptions.Read(parsed),
        };
    }
}
