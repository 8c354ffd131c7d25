using System.CommandLine;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Folding;

/// <summary>On what a model is run before and after a change.</summary>
/// <param name="name">The option's name.</param>
internal sealed class VerifyOptions(string name = "--verify")
{
    private const string RandomWord = "random";
    private const int RandomSamples = 4;
    private const int UsualBatch = 32;

    private readonly Option<string> _verify = new(name)
    {
        Description = "Samples to run both networks on: CIFAR-10 binary files or their folder, a folder of images, or 'random' for numbers from a seed.",
        HelpName = "DATA",
        DefaultValueFactory = _ => RandomWord,
    };

    private readonly Option<int> _limit = NumberOption.Create("--limit", "Only the first N images.", 1, int.MaxValue, null);
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PreprocessingOptions _preprocessing = new();

    internal void AddTo(Command command)
    {
        command.Options.Add(_verify);
        command.Options.Add(_limit);
        _preprocessing.AddTo(command);
        command.Options.Add(_batch);
        command.Options.Add(_threads);
    }

    /// <summary>Runs both models.</summary>
    internal ModelComparison Run(ParseResult parsed, Model before, Model after, CliContext context)
    {
        string data = parsed.GetRequiredValue(_verify);
        int threads = parsed.GetValue(_threads);
        var comparison = new ModelComparison(before, after, threads);
        try
        {
            if (data == RandomWord)
            {
                comparison.AddRandom(RandomSamples, seed: 0);
                return comparison;
            }

            InputPipeline pipeline = InputPipelines.Create(_preprocessing.Apply(parsed, before.Metadata.Preprocessing), before.Graph.ShapeOf(before.Graph.Input.Name));
            var loading = new DataLoaderOptions { BatchSize = parsed.GetValue(_batch), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.LeaveOut };
            var loader = new DataLoader(Find(parsed, data, before), pipeline, loading);
            comparison.Add(loader, context.Cancellation);
            Report(loader, comparison, context.Terminal, data);
            return comparison;
        }
        catch
        {
            comparison.Dispose();
            throw;
        }
    }

    private IDataset Find(ParseResult parsed, string data, Model model)
    {
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        IDataset samples = HoldsImages(data) ? ImageFileDataset.OpenUnlabelled([data]) : DataSource.OpenForEvaluation([data], output[0], model.Metadata.Labels);
        return parsed.GetResult(_limit) is null ? samples : Subset.First(samples, parsed.GetValue(_limit));
    }

    /// <summary>Whether a folder holds images themselves and not data sets or folders of them.</summary>
    private static bool HoldsImages(string data) =>
        Directory.Exists(data) && Directory.EnumerateFiles(data).Any(file => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG");

    private static void Report(DataLoader loader, ModelComparison comparison, Terminal terminal, string data)
    {
        foreach (SampleFailure failure in loader.Failures)
        {
            terminal.Warn(failure.ToString());
        }

        if (comparison.Samples == 0)
        {
            throw new EspalierException($"{data}: none of the images could be read");
        }
    }
}
