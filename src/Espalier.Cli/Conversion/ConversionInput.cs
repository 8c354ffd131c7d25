namespace Espalier.Cli;

/// <summary>What is converted: a model file, or a checkpoint and what tells its network.</summary>
internal sealed class ConversionInput
{
    private readonly Argument<string> _in = new("IN") { Description = "A model file or a checkpoint of any form; what it is, its content tells." };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "The network of the zoo whose weights IN holds. A model file needs it, or a shape list; for the others it makes sure that the weights fit.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _shapes = new("--shapes")
    {
        Description = "The shape list of a network with fewer channels or layers than its architecture: read with a checkpoint, written with weights. The one beside the file (NAME.shapes.json) unless given.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _rename = RenameOptions.Create();
    private readonly Option<string?> _key = new("--key") { Description = "The entry of the checkpoint that holds its state_dict.", HelpName = "NAME" };
    private readonly Option<int> _classes = NumberOptions.Create("--classes", "Classes, where the checkpoint's last layer does not tell.", 1, 1 << 20, null);

    private readonly Option<bool> _anyName = AnyNameOption.Create();
    private readonly Option<string[]> _block = BlockOptions.CreateBlock();

    internal void AddTo(Command command) => command.AddAll(_in, _model, _shapes, _rename, _key, _classes, _anyName, _block);

    /// <summary>Where a shape list is to be written, if that was said.</summary>
    internal string? Shapes(ParseResult parsed) => parsed.GetValue(_shapes);

    /// <summary>Whether IN is a model file that is taken as it is.</summary>
    internal bool IsModelFile(ParseResult parsed) => parsed.GetValue(_model) is null && ModelFile.Is(parsed.GetRequiredValue(_in));

    /// <summary>The model, if something tells the network: IN itself, the zoo or a shape list. Where <paramref name="isModelNeeded"/> says so or a network is named, the shape list beside IN is looked at too.</summary>
    internal Model? TryReadModel(ParseResult parsed, Terminal terminal, bool isModelNeeded)
    {
        string input = parsed.GetRequiredValue(_in);
        if (IsModelFile(parsed))
        {
            return ModelFile.Read(input);
        }

        string? name = parsed.GetValue(_model);
        string? shapes = ShapeListOf(parsed, input, looksBeside: isModelNeeded || name is not null);
        return shapes is not null ? Listed(parsed, shapes, name, terminal)
            : name is not null ? OfZoo(parsed, name, input, terminal)
            : null;
    }

    /// <summary>The line of lineage of a conversion.</summary>
    internal LineageEntry Step(ParseResult parsed, bool isCompact)
    {
        var from = new LineageSetting("from", Path.GetFileName(parsed.GetRequiredValue(_in)));
        return new LineageEntry("convert", isCompact ? [from, new("form", "compact")] : [from], []);
    }

    /// <summary>The weights as they are found.</summary>
    internal StateDict ReadWeights(ParseResult parsed) =>
        CheckpointReader.Read(parsed.GetRequiredValue(_in), new CheckpointOptions { StateDictKey = parsed.GetValue(_key) }).StateDict;

    internal IReadOnlyList<RenameRule> Rules(ParseResult parsed) => RenameOptions.Read(parsed, _rename);

    /// <summary>The error of a checkpoint whose network nobody knows.</summary>
    internal EspalierException UnknownNetwork(ParseResult parsed) => new(
        $"{parsed.GetRequiredValue(_in)} holds weights alone; --model says which network they are of, as in '--model resnet50', or --shapes its shape list");

    private string? ShapeListOf(ParseResult parsed, string input, bool looksBeside)
    {
        string beside = ShapeList.PathBeside(input);
        return ModelFile.Is(input) ? null : parsed.GetValue(_shapes) ?? (looksBeside && File.Exists(beside) ? beside : null);
    }

    private Model OfZoo(ParseResult parsed, string name, string input, Terminal terminal) => new ModelSource(name)
    {
        Weights = input,
        StateDictKey = parsed.GetValue(_key),
        Renames = Rules(parsed),
        Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
        Blocks = BlockOptions.Choices(parsed.GetValue(_block) ?? []),
        AnyName = parsed.GetValue(_anyName),
        Note = terminal.Note,
    }.Load();

    private Model Listed(ParseResult parsed, string shapes, string? name, Terminal terminal)
    {
        if (parsed.GetResult(_classes) is not null)
        {
            throw new EspalierException($"--classes chooses how a network of the zoo is built, but {shapes} says what the network is");
        }

        NetworkDefinition network = ShapeList.Read(shapes);
        if (name is not null)
        {
            SameArchitecture.Require(network.Graph, name, shapes);
        }

        if (BlockOptions.Choices(parsed.GetValue(_block) ?? []).Count > 0)
        {
            throw new EspalierException($"--block chooses how a network of the zoo is built, but {shapes} says what the network is");
        }

        return network.Load(ReadWeights(parsed), new LoadingOptions { Renames = Rules(parsed), Note = terminal.Note });
    }
}
