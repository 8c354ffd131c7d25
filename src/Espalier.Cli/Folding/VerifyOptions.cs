using System.CommandLine;
using Espalier.Cli.Data;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Folding;

/// <summary>On what a model is run before and after a change.</summary>
internal sealed class VerifyOptions
{
    private const string RandomWord = "random";
    private const int RandomSamples = 4;
    private const int UsualBatch = 32;

    private readonly Option<string> _verify = new("--verify")
    {
        Description = "Samples to run before and after on: CIFAR-10 binary files or their folder, a folder of images, or 'random' for numbers from a seed.",
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

            var preprocessor = new Preprocessor(_preprocessing.Apply(parsed, before.Metadata.Preprocessing), before.Graph.ShapeOf(before.Graph.Input.Name));
            var reader = new BatchReader(preprocessor, parsed.GetValue(_batch), threads);
            comparison.Add(reader, Find(parsed, data, before), context.Cancellation);
            Report(reader, comparison, context.Terminal, data);
            return comparison;
        }
        catch
        {
            comparison.Dispose();
            throw;
        }
    }

    private IReadOnlyList<Sample> Find(ParseResult parsed, string data, Model model)
    {
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        bool isLabelled = File.Exists(data) || (Directory.Exists(data) && (Directory.EnumerateFiles(data, "*.bin").Any() || !Directory.EnumerateFiles(data).Any()));
        IReadOnlyList<Sample> samples = isLabelled ? LabelledData.Find([data], output[0], model.Metadata.Labels) : ImageFiles.Find([data]);
        return parsed.GetResult(_limit) is null ? samples : [.. samples.Take(parsed.GetValue(_limit))];
    }

    private static void Report(BatchReader reader, ModelComparison comparison, Terminal terminal, string data)
    {
        foreach (SampleFailure failure in reader.Failures)
        {
            terminal.Warn(failure.ToString());
        }

        if (comparison.Samples == 0)
        {
            throw new EspalierException($"{data}: none of the images could be read");
        }
    }
}
