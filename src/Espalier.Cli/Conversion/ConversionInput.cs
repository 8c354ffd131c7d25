using Espalier.Onnx;

namespace Espalier.Cli;

/// <summary>The input of a conversion: a model file, an ONNX network, or a checkpoint and the options that determine its network.</summary>
internal sealed class ConversionInput
{
    private readonly Argument<string> _in = new("IN") { Description = "A model file, an ONNX network or a checkpoint in any format; the format is detected from the content." };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "The network of the zoo whose weights IN contains. Writing a model file requires it, or a shape list; with the other formats it checks that the weights match.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _shapes = new("--shapes")
    {
        Description = "The shape list of a network with fewer channels or layers than its architecture: read with a checkpoint, written with weights. The default is NAME.shapes.json beside the file.",
        HelpName = "FILE",
    };

    private readonly NameOptions _names = new();
    private readonly Option<string?> _key = new("--key") { Description = "The key of the state_dict in the checkpoint.", HelpName = "NAME" };
    private readonly Option<int> _classes = NumberOptions.Create("--classes", "The number of classes, if it cannot be inferred from the checkpoint's last layer.", 1, 1 << 20, null);

    private readonly Option<bool> _anyName = AnyNameOption.Create();
    private readonly Option<string[]> _block = BlockOptions.CreateBlock();
    private readonly ResidualOptions _residual = new();
    private readonly OnnxSizeOption _size = new();

    internal void AddTo(Command command)
    {
        command.AddAll(_in, _model, _shapes);
        _names.AddTo(command);
        command.AddAll(_key, _classes, _anyName, _block);
        _residual.AddTo(command);
        _size.AddTo(command);
    }

    /// <summary>The path of IN.</summary>
    internal string In(ParseResult parsed) => ModelPath.Require(ModelPath.Resolve(parsed.GetRequiredValue(_in)));

    /// <summary>The path of --shapes, or <see langword="null"/>.</summary>
    internal string? Shapes(ParseResult parsed) => parsed.GetValue(_shapes);

    /// <summary>Whether IN says itself what its network is, and --model is not given.</summary>
    internal bool SaysItsNetwork(ParseResult parsed) => parsed.GetValue(_model) is null && StoredModel.Is(In(parsed));

    /// <summary>Throws if an option is given that IN has no use for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="writesWeights">Whether OUT is a file of weights alone.</param>
    internal void RequireUsed(ParseResult parsed, bool writesWeights)
    {
        (string input, string? name) = (In(parsed), parsed.GetValue(_model));
        bool stored = StoredModel.Is(input);
        string kind = !stored ? "a checkpoint" : OnnxRecognition.Is(input) ? "an ONNX network" : "a model file";
        if (!stored || name is not null)
        {
            parsed.Refuse("an ONNX network whose input size is open", input, stored ? $"{kind} that is read as the weights of --model" : kind, _size.Option);
            parsed.Refuse("a checkpoint", input, kind, stored ? [_shapes] : []);
            bool unnamed = name is null && writesWeights && ShapeListOf(parsed, input, looksBeside: false) is null;
            parsed.Refuse("the weights of a network of the zoo", input, "a checkpoint without --model", [.. name is null ? [_anyName] : (Option[])[], .. unnamed ? OfZoo : []]);
            return;
        }

        parsed.Refuse("a checkpoint", input, kind, [_key, .. _names.Loading]);
        parsed.Refuse("the weights of a network of the zoo, which --model names", input, kind, [_anyName, .. OfZoo]);
        parsed.Refuse("a checkpoint as IN or weights as OUT", input, kind, writesWeights ? [] : [_names.Rename, _shapes]);
        parsed.Refuse("an ONNX network whose input size is open", input, kind, OnnxRecognition.Is(input) ? [] : [_size.Option]);
    }

    /// <summary>The model, or <see langword="null"/> if neither IN itself, --model nor a shape list determines the network. If <paramref name="isModelNeeded"/> or a network is named, the shape list beside IN is used too.</summary>
    internal Model? TryReadModel(ParseResult parsed, Terminal terminal, bool isModelNeeded)
    {
        string input = In(parsed);
        if (SaysItsNetwork(parsed))
        {
            return StoredModel.Read(input, terminal.Note, _size.Read(parsed));
        }

        string? name = parsed.GetValue(_model);
        string? shapes = ShapeListOf(parsed, input, looksBeside: isModelNeeded || name is not null);
        return shapes is not null ? Listed(parsed, shapes, name, terminal)
            : name is not null ? Named(parsed, name, input, terminal)
            : null;
    }

    /// <summary>The lineage entry of a conversion.</summary>
    internal LineageEntry Step(ParseResult parsed, bool isCompact)
    {
        var from = new LineageSetting("from", Path.GetFileName(In(parsed)));
        return new LineageEntry("convert", isCompact ? [from, new("form", "compact")] : [from], []);
    }

    /// <summary>The state_dict of IN, unchanged.</summary>
    internal StateDict ReadWeights(ParseResult parsed) =>
        CheckpointReader.Read(In(parsed), new CheckpointOptions { StateDictKey = parsed.GetValue(_key) }).StateDict;

    /// <summary>The weights alone under their new names, without the tensors that are dropped; nothing can be missing where no network is named.</summary>
    /// <exception cref="EspalierException">--allow-missing is given, or two tensors get one name.</exception>
    internal StateDict ReadNamedWeights(ParseResult parsed)
    {
        ModelSource names = _names.Apply(parsed, new ModelSource("weights"));
        if (names.AllowMissing.Count > 0)
        {
            throw new EspalierException("--allow-missing requires --model");
        }

        StateDict weights = RenameRule.Apply(names.Renames, ReadWeights(parsed));
        return CheckpointNames.Resolve(weights, weights.Names.ToHashSet(StringComparer.Ordinal), new LoadingOptions { Drop = names.Drop });
    }

    internal IReadOnlyList<RenameRule> Rules(ParseResult parsed) => _names.Rules(parsed);

    /// <summary>The error for a checkpoint whose network is not known.</summary>
    internal EspalierException UnknownNetwork(ParseResult parsed) => new(
        $"{In(parsed)} contains weights only; give their network with --model, for example '--model resnet50', or their shape list with --shapes");

    /// <summary>The options that say how the zoo builds a network.</summary>
    private IEnumerable<Option> OfZoo => [_classes, _block, .. _residual.All];

    private string? ShapeListOf(ParseResult parsed, string input, bool looksBeside)
    {
        string beside = ShapeList.PathBeside(input);
        return StoredModel.Is(input) ? null : parsed.GetValue(_shapes) ?? (looksBeside && File.Exists(beside) ? beside : null);
    }

    private Model Named(ParseResult parsed, string name, string input, Terminal terminal) => _names.Apply(parsed, new ModelSource(name)
    {
        Weights = input,
        StateDictKey = parsed.GetValue(_key),
        Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
        Blocks = BlockOptions.Choices(parsed.GetValue(_block) ?? []),
        Residual = _residual.Read(parsed),
        AnyName = parsed.GetValue(_anyName),
        Note = terminal.Note,
    }).Load();

    private Model Listed(ParseResult parsed, string shapes, string? name, Terminal terminal)
    {
        if (parsed.GetResult(_classes) is not null)
        {
            throw new EspalierException($"--classes is for networks of the zoo, but the network is defined by {shapes}");
        }

        NetworkDefinition network = ShapeList.Read(shapes);
        if (name is not null)
        {
            SameArchitecture.Require(network.Graph, name, shapes, "without --model");
        }

        if (BlockOptions.Choices(parsed.GetValue(_block) ?? []).Count > 0)
        {
            throw new EspalierException($"--block chooses how a network of the zoo is built, but {shapes} says what the network is");
        }

        if (!_residual.Read(parsed).IsNone)
        {
            throw new EspalierException($"parts of a residual network are chosen where the zoo builds it, but {shapes} says what the network is");
        }

        parsed.Refuse("a network that the zoo builds", shapes, "the list that says what the network is", _anyName);
        ModelSource names = _names.Apply(parsed, new ModelSource(shapes) { Note = terminal.Note });
        return network.Load(RenameRule.Apply(names.Renames, ReadWeights(parsed)), ModelLoader.Options(names, network));
    }
}
