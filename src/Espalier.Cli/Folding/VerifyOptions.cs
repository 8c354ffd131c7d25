using System.CommandLine;
using Espalier.Cli.Options;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;

namespace Espalier.Cli.Folding;

/// <summary>On what a model is run before and after a change.</summary>
/// <param name="name">The option's name.</param>
internal sealed class VerifyOptions(string name = "--verify")
{
    private const string RandomWord = "random";
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
    private readonly ClassOptions _classes = new();

    internal void AddTo(Command command)
    {
        command.Options.Add(_verify);
        command.Options.Add(_limit);
        _preprocessing.AddTo(command);
        _classes.AddTo(command);
        command.Options.Add(_batch);
        command.Options.Add(_threads);
    }

    /// <summary>Opens the samples, before any work.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, which gets the preprocessing and the labels of the command line; where it has no labels, those of the samples.</param>
    /// <param name="context">Where it is said what was assumed, and when to stop.</param>
    internal VerifySamples Open(ParseResult parsed, ref Model model, CliContext context)
    {
        string path = parsed.GetRequiredValue(_verify);
        int threads = parsed.GetValue(_threads);
        if (path == RandomWord)
        {
            model = _classes.Label(parsed, _preprocessing.ApplyGiven(parsed, model));
            return new VerifySamples(context, threads);
        }

        model = _classes.Label(parsed, _preprocessing.Apply(parsed, model));
        MatchedDataset images = HoldsImages(path)
            ? OutputClasses.Of(model).Match(ImageFileDataset.OpenUnlabelled([path]))
            : _classes.OpenForEvaluation(parsed, ref model, [path], context.Terminal);
        return new VerifySamples(context, threads)
        {
            Name = path,
            Images = parsed.GetResult(_limit) is null ? images : images.First(parsed.GetValue(_limit)),
            Loading = new DataLoaderOptions { BatchSize = parsed.GetValue(_batch), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.LeaveOut },
        };
    }

    /// <summary>Another model with what the command line says about preprocessing and labels.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="other">The other model.</param>
    /// <param name="model">The model that the samples were opened for: its outputs are the other's where the data names the outputs.</param>
    internal Model Prepare(ParseResult parsed, Model other, Model model)
    {
        Model prepared = _classes.Label(parsed, _preprocessing.ApplyGiven(parsed, other));
        return _classes.Relabels(parsed) ? prepared.With(prepared.Metadata with { Labels = model.Metadata.Labels }) : prepared;
    }

    /// <summary>Whether a folder holds images themselves and not data sets or folders of them.</summary>
    private static bool HoldsImages(string data) =>
        Directory.Exists(data) && Directory.EnumerateFiles(data).Any(file => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG");
}
