using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options for the images of a pruning: for scores, for the accuracy before and after, and for fine-tuning.</summary>
internal sealed class PruningDataOptions
{
    private const int UsualSamples = 512; // more samples hardly change the ranking
    private const int UsualBatch = 64;

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Images whose classes are known, as for 'evaluate' and 'finetune', or '{DataSource.Generated}': used for the accuracy before and after, for the criteria gradient, Taylor and output change, and for training with --recover.",
        HelpName = "PATH",
    };

    private readonly Option<int> _samples = NumberOptions.Create("--samples", "The number of images for computing scores.", 1, int.MaxValue, UsualSamples);
    private readonly Option<int> _limit = NumberOptions.Create("--limit", "Measures the accuracy on N images only, chosen as by 'evaluate'.", 1, int.MaxValue, null);
    private readonly Option<double> _share = DecimalOptions.Create("--validation-share", "The fraction of the images that is held back for validation, if the data has no validation set and images are needed for training.", 0, 1, 0.1);
    private readonly Option<int> _batch = NumberOptions.Create("--batch", "Images in one forward pass and in a training step of --recover.", 1, 1 << 16, UsualBatch);
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

    /// <summary>Throws if options about the classes of data are given without --data.</summary>
    internal void RequireNoClasses(ParseResult parsed)
    {
        _classes.RequireNone(parsed, "--data");
        DecodingOptions.RequireNone(parsed, "--data");
    }

    /// <summary>Opens the data, if --data is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The prepared model, which gets the data's class names if it has no labels.</param>
    /// <param name="learns">The option or criterion that requires a training set, for errors; or <see langword="null"/> to use the images that <c>evaluate</c> would use.</param>
    /// <param name="context">The terminal, for notes about assumptions, and the cancellation token.</param>
    internal PruningData? Open(ParseResult parsed, ref Model model, string? learns, CliContext context)
    {
        if (parsed.GetValue(_data) is not string path)
        {
            RequireNoClasses(parsed);
            return learns is null ? null : throw new EspalierException($"{learns} requires training images: give them with --data");
        }

        model = _preprocessing.Apply(parsed, model);
        DataSourceOptions options = DecodingOptions.Source(parsed) with { ValidationShare = parsed.GetValue(_share), Stratified = SplitOptions.IsStratified(parsed), GeneratedSide = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height };
        MatchedTrainingData data = learns is null
            ? MatchedTrainingData.MeasuredOn(_classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal, options))
            : _classes.Match(parsed, ref model, DataSource.Open(path, options), context.Terminal);
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
