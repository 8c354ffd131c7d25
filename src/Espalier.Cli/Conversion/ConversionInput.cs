namespace Espalier.Cli;

/// <summary>The input of a conversion: a model file, or a checkpoint and the options that determine its network.</summary>
internal sealed class ConversionInput
{
    private readonly Argument<string> _in = new("IN") { Description = "A model file or a checkpoint in any format; the format is detected from the content." };
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

    private readonly Option<string[]> _rename = RenameOptions.Create();
    private readonly Option<string?> _key = new("--key") { Description = "The key of the state_dict in the checkpoint.", HelpName = "NAME" };
    private readonly Option<int> _classes = NumberOptions.Create("--classes", "The number of classes, if it cannot be inferred from the checkpoint's last layer.", 1, 1 << 20, null);

    internal void AddTo(Command command) => command.AddAll(_in, _model, _shapes, _rename, _key, _classes);

    /// <summary>The path of --shapes, or <see langword="null"/>.</summary>
    internal string? Shapes(ParseResult parsed) => parsed.GetValue(_shapes);

    /// <summary>Whether IN is a model file and --model is not given.</summary>
    internal bool IsModelFile(ParseResult parsed) => parsed.GetValue(_model) is null && ModelFile.Is(parsed.GetRequiredValue(_in));

    /// <summary>The model, or <see langword="null"/> if neither IN itself, --model nor a shape list determines the network. Without <paramref name="looksBeside"/> only a shape list given by --shapes is used.</summary>
    internal Model? TryReadModel(ParseResult parsed, bool looksBeside)
    {
        string input = parsed.GetRequiredValue(_in);
        if (IsModelFile(parsed))
        {
            return ModelFile.Read(input);
        }

        string? name = parsed.GetValue(_model);
        string? shapes = ShapeListOf(parsed, input, looksBeside);
        return shapes is not null ? Listed(parsed, shapes, name)
            : name is not null ? OfZoo(parsed, name, input)
            : null;
    }

    /// <summary>The lineage entry of a conversion.</summary>
    internal LineageEntry Step(ParseResult parsed, bool isCompact)
    {
        var from = new LineageSetting("from", Path.GetFileName(parsed.GetRequiredValue(_in)));
        return new LineageEntry("convert", isCompact ? [from, new("form", "compact")] : [from], []);
    }

    /// <summary>The state_dict of IN, unchanged.</summary>
    internal StateDict ReadWeights(ParseResult parsed) =>
        CheckpointReader.Read(parsed.GetRequiredValue(_in), new CheckpointOptions { StateDictKey = parsed.GetValue(_key) }).StateDict;

    internal IReadOnlyList<RenameRule> Rules(ParseResult parsed) => RenameOptions.Read(parsed, _rename);

    /// <summary>The error for a checkpoint whose network is not known.</summary>
    internal EspalierException UnknownNetwork(ParseResult parsed) => new(
        $"{parsed.GetRequiredValue(_in)} contains weights only; give their network with --model, for example '--model resnet50', or their shape list with --shapes");

    private string? ShapeListOf(ParseResult parsed, string input, bool looksBeside)
    {
        string beside = ShapeList.PathBeside(input);
        return ModelFile.Is(input) ? null : parsed.GetValue(_shapes) ?? (looksBeside && File.Exists(beside) ? beside : null);
    }

    private Model OfZoo(ParseResult parsed, string name, string input) => new ModelSource(name)
    {
        Weights = input,
        StateDictKey = parsed.GetValue(_key),
        Renames = Rules(parsed),
        Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
    }.Load();

    private Model Listed(ParseResult parsed, string shapes, string? name)
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

        return network.Load(ReadWeights(parsed), Rules(parsed));
    }
}
