using Espalier.Data;
using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The options of verbs that run a classifier on images.</summary>
/// <param name="batch">The default number of images in one forward pass.</param>
internal sealed class ClassifierOptions(int batch)
{
    private readonly ModelOptions _model = new();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly Option<int> _batch = CommonOptions.Batch(batch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _tune = TuneOptions.Create();

    internal void AddTo(Command command)
    {
        _model.AddTo(command);
        _preprocessing.AddTo(command);
        DecodingOptions.AddTo(command);
        command.AddAll(_batch, _threads, _tune);
        RuntimeOptions.AddTo(command);
    }

    /// <summary>The argument MODEL.</summary>
    internal string Model(ParseResult parsed) => _model.Name(parsed);

    /// <summary>Loads the model as an image classifier; warns if its weights are random.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="label">Sets the labels that the command line specifies.</param>
    /// <param name="context">The terminal, for the warning, and the processes.</param>
    internal ImageClassifier Load(ParseResult parsed, Func<Model, Model> label, CliContext context)
    {
        (Model model, ImageClassifierOptions options) = Read(parsed, label, context);
        return new ImageClassifier(model, options);
    }

    /// <summary>Loads the model with its labels and preprocessing, and reads how it is run; warns if its weights are random.</summary>
    internal (Model Model, ImageClassifierOptions Options) Read(ParseResult parsed, Func<Model, Model> label, CliContext context)
    {
        Terminal terminal = context.Terminal;
        IRuntime runtime = RuntimeOptions.Read(parsed);
        TuneOptions.Require(parsed, _tune);
        if (parsed.GetValue(_tune) && context.Processes is { Count: > 1 } processes)
        {
            throw new EspalierException($"{_tune.Name} chooses kernels for one machine, and other kernels give other bits; {processes.Count} processes cannot share images with it");
        }

        ModelSource source = _model.Read(parsed, terminal);
        Model model = source.Load();
        OutputClasses.CountOf(model); // throws if the model is not a classifier
        model = label(_preprocessing.Apply(parsed, model));
        if (!source.HasTrainedWeights)
        {
            terminal.Warn($"{source.Name} has random weights (seed {source.Seed}), so its predictions are meaningless; --weights loads trained ones");
        }

        int threads = CommonOptions.Threads(parsed, context);
        int batch = parsed.GetValue(_batch);
        PredictorOptions options = TuneOptions.Apply(parsed.GetValue(_tune), new PredictorOptions { Threads = threads }, source, model, batch, terminal);
        return (model, new ImageClassifierOptions { Threads = threads, Batch = batch, TunedKernels = options.TunedKernels, Runtime = runtime, Processes = context.Processes });
    }
}
