using System.CommandLine;
using Espalier.Cli.Ledger;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Formats;
using Espalier.Formats.Loading;
using Espalier.Formats.Safetensors;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Verbs;

/// <summary>Writes a model or its weights in another form.</summary>
internal sealed class ConvertVerb : Verb
{
    // By convention of the Python package, the framework whose tensors these are; some readers insist on it.
    private static readonly KeyValuePair<string, string> Framework = new("format", "pt");

    private readonly Argument<string> _in = new("IN") { Description = "A model file or a checkpoint of any form; what it is, its content tells." };
    private readonly Argument<string> _out = new("OUT") { Description = "What to write: .pth (PyTorch's zip form), .safetensors (weights alone) or .espalier (a model file: network, weights, labels, preprocessing)." };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "The network of the zoo whose weights IN holds. A model file needs it; for the others it makes sure that the weights fit.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _rename = RenameOption.Create();
    private readonly Option<string?> _key = new("--key") { Description = "The entry of the checkpoint that holds its state_dict.", HelpName = "NAME" };
    private readonly Option<int> _classes = NumberOption.Create("--classes", "Classes, where the checkpoint's last layer does not tell.", 1, 1 << 20, null);
    private readonly Option<string?> _labels = new("--labels") { Description = "A text file with the name of class 0, 1, … on each line, for the model file.", HelpName = "FILE" };
    private readonly Option<bool> _masks = new("--masks") { Description = "Writes pruned weights as PyTorch's prune keeps them, weight_orig and weight_mask, rather than with zeros." };
    private readonly LedgerOption _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal ConvertVerb(CliContext context)
        : base(
            context,
            "convert",
            "Converts between PyTorch checkpoints, safetensors and model files. Numbers stay as they are, bit for bit; OUT is replaced only once it is whole.",
            "espalier convert resnet50-0676ba61.pth resnet50.espalier --model resnet50 --labels imagenet_classes.txt",
            "espalier convert resnet50.espalier resnet50.pth",
            "espalier convert old.pth.tar new.safetensors --rename '^backbone\\.=>'")
    {
        Add(_in);
        Add(_out);
        Add(_model);
        Add(_rename);
        Add(_key);
        Add(_classes);
        Add(_labels);
        Add(_masks);
        _ledger.AddTo(this);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(_out);
        OutputForm form = OutputForms.Of(output);
        StateDict written = form == OutputForm.ModelFile ? WriteModel(parsed, output) : WriteWeights(parsed, output, form);
        long bytes = new FileInfo(output).Length;
        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, json =>
            {
                json.WriteStartObject();
                json.WriteString("output", output);
                json.WriteString("form", form.Describe());
                json.WriteNumber("tensors", written.Count);
                json.WriteNumber("bytes", bytes);
                json.WriteEndObject();
            });
        }
        else
        {
            Terminal.Out.WriteLine($"{output}: {form.Describe()}, {Amount.Exact(written.Count)} tensors, {Amount.Bytes(bytes)}");
        }

        return ExitCode.Success;
    }

    private StateDict WriteModel(ParseResult parsed, string output)
    {
        Model model = ReadModel(parsed);
        if (parsed.GetValue(_labels) is string labels)
        {
            Shape classes = model.Graph.ShapeOf(model.Graph.Outputs[0]);
            model = model.With(model.Metadata with { Labels = LabelsFile.Read(labels, classes[0]) });
        }

        Context.Cancellation.ThrowIfCancellationRequested();
        ModelFile.Write(output, model);
        return model.ToStateDict();
    }

    private Model ReadModel(ParseResult parsed)
    {
        string input = parsed.GetRequiredValue(_in);
        if (parsed.GetValue(_model) is not string name)
        {
            return ModelFile.Is(input)
                ? ModelFile.Read(input)
                : throw new EspalierException($"{input} holds weights alone; --model says which network they are of, as in '--model resnet50'");
        }

        Model model = ModelLoader.Load(new ModelRequest(name)
        {
            Weights = input,
            Key = parsed.GetValue(_key),
            Rules = RenameOption.Read(parsed, _rename),
            Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
        }).Model;
        var entry = new LineageEntry("convert", [new("from", Path.GetFileName(input))], []);
        return _ledger.Note(parsed, model.With(model.Metadata.After(entry)), null, Context);
    }

    private StateDict WriteWeights(ParseResult parsed, string output, OutputForm form)
    {
        if (parsed.GetValue(_labels) is not null)
        {
            throw new EspalierException($"{output}: only a model file (.espalier) can hold labels");
        }

        StateDict weights = ReadWeights(parsed);
        Context.Cancellation.ThrowIfCancellationRequested();
        if (form == OutputForm.Torch)
        {
            TorchZipWriter.Write(output, weights);
        }
        else
        {
            SafetensorsWriter.Write(output, weights, [Framework]);
        }

        return weights;
    }

    private StateDict Weights(ParseResult parsed, Model model) => parsed.GetValue(_masks) ? model.ToMaskedStateDict() : model.ToStateDict();

    /// <summary>As they are found, unless a network is named that they must fit.</summary>
    private StateDict ReadWeights(ParseResult parsed)
    {
        if (parsed.GetValue(_model) is not null)
        {
            return Weights(parsed, ReadModel(parsed));
        }

        string input = parsed.GetRequiredValue(_in);
        StateDict weights = ModelFile.Is(input)
            ? Weights(parsed, ModelFile.Read(input))
            : CheckpointReader.Read(input, new CheckpointOptions { StateDictKey = parsed.GetValue(_key) }).StateDict;
        return RenameRule.Apply(RenameOption.Read(parsed, _rename), weights);
    }
}
