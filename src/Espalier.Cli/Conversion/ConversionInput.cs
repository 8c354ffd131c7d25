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

    internal void AddTo(Command command) => command.AddAll(_in, _model, _shapes, _rename, _key, _classes);

    /// <summary>Where a shape list is to be written, if that was said.</summary>
    internal string? Shapes(ParseResult parsed) => parsed.GetValue(_shapes);

    /// <summary>Whether IN is a model file that is taken as it is.</summary>
    internal bool IsModelFile(ParseResult parsed) => parsed.GetValue(_model) is null && ModelFile.Is(In(parsed));

    /// <summary>The model, if something tells the network: IN itself, the zoo or a shape list. Without <paramref name="looksBeside"/> a shape list must have been named.</summary>
    internal Model? TryReadModel(ParseResult parsed, bool looksBeside)
    {
        string input = In(parsed);
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

    /// <summary>The line of lineage of a conversion.</summary>
    internal LineageEntry Step(ParseResult parsed, bool isCompact)
    {
        var from = new LineageSetting("from", Path.GetFileName(In(parsed)));
        return new LineageEntry("convert", isCompact ? [from, new("form", "compact")] : [from], []);
    }

    /// <summary>The weights as they are found.</summary>
    internal StateDict ReadWeights(ParseResult parsed) =>
        CheckpointReader.Read(In(parsed), new CheckpointOptions { StateDictKey = parsed.GetValue(_key) }).StateDict;

    internal IReadOnlyList<RenameRule> Rules(ParseResult parsed) => RenameOptions.Read(parsed, _rename);

    /// <summary>The error of a checkpoint whose network nobody knows.</summary>
    internal EspalierException UnknownNetwork(ParseResult parsed) => new(
        $"{In(parsed)} holds weights alone; --model says which network they are of, as in '--model resnet50', or --shapes its shape list");

    private string In(ParseResult parsed) => ModelPath.Require(ModelPath.Resolve(parsed.GetRequiredValue(_in)));

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
            throw new EspalierException($"--classes chooses how a network of the zoo is built, but {shapes} says what the network is");
        }

        NetworkDefinition network = ShapeList.Read(shapes);
        if (name is not null)
        {
            SameArchitecture.Require(network.Graph, name, shapes);
        }

        return network.Load(ReadWeights(parsed), Rules(parsed));
    }
}
