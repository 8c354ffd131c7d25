using System.CommandLine;
using Espalier.Cli.Options;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Pruning;

/// <summary>The options that say what images pruning looks at: for scores, for accuracy before and after, and to recover with.</summary>
internal sealed class PruningDataFlags
{
    private const int UsualSamples = 512; // the order of scores hardly changes with more
    private const int UsualBatch = 64;

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Images whose classes are known, as for 'evaluate' and 'finetune', or '{DataSource.Generated}': tells accuracy before and after; scores by gradient, Taylor and output change come from it, and --recover learns from it.",
        HelpName = "PATH",
    };

    private readonly Option<int> _samples = NumberOption.Create("--samples", "Images that scores are taken from.", 1, int.MaxValue, UsualSamples);
    private readonly Option<int> _limit = NumberOption.Create("--limit", "Only the first N images tell the accuracy.", 1, int.MaxValue, null);
    private readonly Option<double> _share = DecimalOption.Create("--validation-share", "The share of images to measure on, where the data has no part for it and the others are learnt from.", 0, 1, 0.1);
    private readonly Option<int> _batch = NumberOption.Create("--batch", "Images in one pass and in a step of --recover.", 1, 1 << 16, UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PreprocessingOptions _preprocessing = new();

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_data, _samples, _limit, _share, _batch, _threads])
        {
            command.Add(option);
        }

        _preprocessing.AddTo(command);
    }

    internal int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Opens the data, if there is any, and gives the model the preprocessing that it is told.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="learns">Why some of it has to be learnt from: an option, for errors; or <see langword="null"/>, and all is measured on that <c>evaluate</c> would measure on.</param>
    /// <param name="cancellation">When to stop.</param>
    internal PruningData? Open(ParseResult parsed, ref Model model, string? learns, CancellationToken cancellation)
    {
        if (parsed.GetValue(_data) is not string path)
        {
            return learns is null ? null : throw new EspalierException($"{learns} needs images to learn from: say which with --data");
        }

        model = model.With(model.Metadata with { Preprocessing = _preprocessing.Apply(parsed, model.Metadata.Preprocessing) });
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        if (output.Rank != 1)
        {
            throw new EspalierException($"--data: the network is no classifier, its output is {output}; images with classes tell nothing about it");
        }

        var options = new DataSourceOptions { ValidationShare = parsed.GetValue(_share), GeneratedSide = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name)).Height };
        TrainingData? data = learns is null ? null : DataSource.Open(path, options);
        IDataset validation = data?.Validation ?? DataSource.OpenForEvaluation([path], output[0], model.Metadata.Labels, options);
        return new PruningData(data?.Training ?? validation, parsed.Given(_limit) is int limit ? Subset.First(validation, limit) : validation, cancellation)
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
            Samples = parsed.GetValue(_samples),
            Batch = parsed.GetValue(_batch),
            Threads = parsed.GetValue(_threads),
        };
    }
}
