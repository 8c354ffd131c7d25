using System.CommandLine;
using Espalier.Cli.Models;
using Espalier.Cli.Output;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Cli.Options;

/// <summary>The options of verbs that show images to a classifier.</summary>
/// <param name="batch">Images in one forward pass unless said otherwise.</param>
internal sealed class ClassifierOptions(int batch)
{
    private readonly ModelOptions _model = new();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly Option<string?> _labels = new("--labels") { Description = "A text file with the name of class 0, 1, … on each line.", HelpName = "FILE" };
    private readonly Option<int> _batch = CommonOptions.Batch(batch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _tune = TuneOption.Create();

    internal void AddTo(Command command)
    {
        _model.AddTo(command);
        command.Options.Add(_labels);
        _preprocessing.AddTo(command);
        command.Options.Add(_batch);
        command.Options.Add(_threads);
        command.Options.Add(_tune);
    }

    /// <summary>Loads the model and makes it ready for images; warns if it has never been trained.</summary>
    internal Classifier Load(ParseResult parsed, Terminal terminal)
    {
        ModelRequest request = _model.Read(parsed);
        (Model model, bool trained) = ModelLoader.Load(request);
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        if (output.Rank != 1)
        {
            throw new EspalierException($"{request.Name} is no classifier: its output is {output}, expected one number for each class");
        }

        InputPipeline pipeline = InputPipelines.Create(_preprocessing.Apply(parsed, model.Metadata.Preprocessing), model.Graph.ShapeOf(model.Graph.Input.Name));
        ValueList<string> labels = parsed.GetValue(_labels) is string path ? LabelsFile.Read(path, output[0]) : model.Metadata.Labels;
        if (!trained)
        {
            terminal.Warn($"{request.Name} has random weights (seed {request.Seed}), so its answers mean nothing; --weights gives it trained ones");
        }

        int threads = parsed.GetValue(_threads);
        int batch = parsed.GetValue(_batch);
        PredictorOptions options = TuneOption.Apply(parsed.GetValue(_tune), new PredictorOptions { Threads = threads }, request, model, batch, terminal);
        return new Classifier(
            model,
            new Predictor(model, options),
            pipeline,
            new DataLoaderOptions { BatchSize = batch, Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.LeaveOut },
            labels,
            output[0]);
    }
}
