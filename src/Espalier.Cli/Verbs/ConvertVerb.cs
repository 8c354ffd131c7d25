using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>convert</c>: converts a model or its weights to another format.</summary>
internal sealed class ConvertVerb : Verb
{
    private const string ModelFiles = "a model file (.espalier)";
    private const string Models = "a model file (.espalier) or an ONNX network (.onnx)";

    private readonly ConversionInput _in = new();
    private readonly Argument<string> _out = new("OUT") { Description = "The file to write: .pth (PyTorch's zip format), .safetensors (weights only), .espalier (a model file: graph, weights, labels, preprocessing) or .onnx (for other programs)." };
    private readonly Option<string?> _labels = LabelsOptions.Create();
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly Option<bool> _masks = new("--masks") { Description = "Writes pruned weights as torch.nn.utils.prune does, as weight_orig and weight_mask, instead of weights with zeros." };
    private readonly Option<bool> _zeros = MaskOptions.ZerosAsMasks();
    private readonly Option<bool> _compact = new("--compact") { Description = "Omits zeros from a model file: layers with many zeros are stored as one bit per weight and the non-zero weights. Weights do not change, but pruning can no longer be undone." };
    private readonly OnnxOptions _onnx = new();
    private readonly LedgerOptions _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal ConvertVerb(CliContext context)
        : base(
            context,
            "convert",
            "Converts between PyTorch checkpoints, safetensors, model files and ONNX networks. Weights are bit-identical; OUT is replaced only when it is complete.",
            "espalier convert resnet50-0676ba61.pth resnet50.espalier --model resnet50 --labels imagenet_classes.txt",
            "espalier convert resnet50.espalier resnet50.pth",
            "espalier convert resnet50-0676ba61.pth resnet50.onnx --model resnet50",
            "espalier convert network.onnx network.espalier --labels classes.txt",
            "espalier convert pruned.espalier small.espalier --compact",
            "espalier convert old.pth.tar new.safetensors --rename '^backbone\\.=>'")
    {
        _in.AddTo(this);
        this.AddAll(_out, _labels);
        _preprocessing.AddTo(this);
        this.AddAll(_masks, _zeros, _compact);
        _onnx.AddTo(this);
        _ledger.AddTo(this);
        RuntimeOptions.AddTo(this);
        this.AddAll(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(_out);
        OutputFormat form = OutputForms.Of(output);
        RequireUsed(parsed, output, form);
        ConversionResult result = form switch
        {
            OutputFormat.ModelFile => WriteModel(parsed, output),
            OutputFormat.Onnx => WriteOnnx(parsed, output),
            OutputFormat.Torch or OutputFormat.Safetensors => WriteWeights(parsed, output, form),
        };
        result.Report().Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    /// <summary>Throws if an option is given that IN or OUT has no use for.</summary>
    private void RequireUsed(ParseResult parsed, string output, OutputFormat form)
    {
        bool writesWeights = form is OutputFormat.Torch or OutputFormat.Safetensors;
        string kind = $"{(form == OutputFormat.Onnx ? "an" : "a")} {form.Describe()}";
        parsed.Refuse("an ONNX network (.onnx)", output, kind, form == OutputFormat.Onnx ? [] : _onnx.All);
        parsed.Refuse("a file of weights (.pth, .safetensors)", output, kind, writesWeights ? [] : [_masks]);
        parsed.Refuse($"the lineage of {Models}", output, kind, writesWeights ? [_ledger.Measure] : []);
        Require(parsed.GetValue(_compact) && form != OutputFormat.ModelFile, output, "compact layers", ModelFiles);
        Require(parsed.GetValue(_zeros) && form != OutputFormat.ModelFile, output, "masks of zeros", ModelFiles);
        Require(parsed.GetValue(_labels) is not null && writesWeights, output, "labels", Models);
        Require(_preprocessing.Given(parsed) is not null && writesWeights, output, "preprocessing", Models);
        _in.RequireUsed(parsed, writesWeights);
    }

    private ConversionResult WriteModel(ParseResult parsed, string output)
    {
        var options = new ModelFileOptions { Compact = parsed.GetValue(_compact) };
        Model model = Prepare(parsed, out bool isNoted);
        model = isNoted ? ModelFile.WithSize(model, options) : model;
        Context.Cancellation.ThrowIfCancellationRequested();
        ModelFile.Write(output, model, options);
        return new ConversionResult(output, OutputFormat.ModelFile, model.Graph.Parameters.Count) { LosesUndo = options.Compact && HasMasks(model) };
    }

    private ConversionResult WriteOnnx(ParseResult parsed, string output)
    {
        Model model = Prepare(parsed, out _);
        Context.Cancellation.ThrowIfCancellationRequested();
        SavedModel saved = model.Save(output, new SaveOptions { Onnx = _onnx.Read(parsed) });
        return new ConversionResult(output, saved.Form, saved.Tensors) { LosesUndo = HasMasks(model) };
    }

    /// <summary>The model to write: with what the options set, and with the conversion in its lineage if it is more than a copy or if its time is measured.</summary>
    private Model Prepare(ParseResult parsed, out bool isNoted)
    {
        Model model = _in.TryReadModel(parsed, Terminal, isModelNeeded: true) ?? throw _in.UnknownNetwork(parsed);
        model = parsed.GetValue(_zeros) ? model.MaskZeros() : model;
        model = LabelsOptions.Apply(parsed.GetValue(_labels), _preprocessing.ApplyGiven(parsed, model));
        isNoted = !_in.SaysItsNetwork(parsed) || parsed.GetValue(_compact) || parsed.GetValue(_zeros) || _ledger.Timing(parsed) is not null;
        return isNoted ? _ledger.Note(parsed, model.With(model.Metadata.After(_in.Step(parsed, parsed.GetValue(_compact)))), Context) : model;
    }

    private static bool HasMasks(Model model) => model.Parameters.Values.Any(parameter => parameter.Mask is not null);

    private ConversionResult WriteWeights(ParseResult parsed, string output, OutputFormat form)
    {
        Model? model = _in.TryReadModel(parsed, Terminal, isModelNeeded: false);
        Context.Cancellation.ThrowIfCancellationRequested();
        if (model is null)
        {
            parsed.Refuse("the pruned weights of a network", _in.In(parsed), "a checkpoint without --model", _masks);
            StateDict weights = _in.ReadNamedWeights(parsed);
            ModelSaving.SaveWeights(weights, output, form);
            return new ConversionResult(output, form, weights.Count);
        }

        bool isFile = _in.SaysItsNetwork(parsed);
        SavedModel saved = model.Save(output, new SaveOptions
        {
            Masks = parsed.GetValue(_masks),
            Renames = isFile ? _in.Rules(parsed) : [],
            ShapeList = isFile ? _in.Shapes(parsed) : null,
        });
        return new ConversionResult(output, form, saved.Tensors)
        {
            Shapes = saved.ShapeList,
            IsOfZoo = SameArchitecture.IsPlain(model),
            HasWholeKernels = model.Graph.Nodes.Any(node => node.Name.EndsWith(".dbb_1x1_kxk.idconv1", StringComparison.Ordinal)),
        };
    }

    private static void Require(bool isAsked, string output, string what, string files)
    {
        if (isAsked)
        {
            throw new EspalierException($"{output}: only {files} can contain {what}");
        }
    }
}
