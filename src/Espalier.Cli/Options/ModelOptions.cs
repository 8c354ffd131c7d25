using System.CommandLine.Parsing;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The argument MODEL and the options for its weights.</summary>
internal sealed class ModelOptions
{
    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "A network of the zoo (see 'espalier models'), a model file, an ONNX network, or the folder of a training for the model in it.",
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "The checkpoint to load: PyTorch (.pth, .th, .pt, .tar of any version) or safetensors. 'espalier fetch' downloads published ones.",
        HelpName = "CHECKPOINT",
    };

    private readonly NameOptions _names = new();

    private readonly Option<int> _classes = NumberOptions.Create(
        "--classes", "The number of classes; by default that of the checkpoint's last layer or the network's usual one.", 1, 1 << 20, null);

    private readonly Option<string?> _key = new("--key")
    {
        Description = "The key of the state_dict in the checkpoint, if it is none of the usual ones.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _anyName = AnyNameOption.Create();
    private readonly Option<string[]> _block = BlockOptions.CreateBlock();
    private readonly ResidualOptions _residual = new();
    private readonly OnnxSizeOption _size = new();
    private readonly Option<ulong> _seed = CommonOptions.Seed();

    /// <summary>Adds the options.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="blocks">Whether it has no option --block of its own.</param>
    internal void AddTo(Command command, bool blocks = true)
    {
        command.Arguments.Insert(0, _model);
        command.AddAll(_weights);
        _names.AddTo(command);
        command.AddAll(_key, _classes, _anyName, _seed);
        _residual.AddTo(command);
        if (blocks)
        {
            command.AddAll(_block);
        }

        _size.AddTo(command);
    }

    /// <summary>The source that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where notes about the weights go.</param>
    internal ModelSource Read(ParseResult parsed, Terminal terminal)
    {
        string? weights = parsed.GetValue(_weights);
        foreach (Option option in _names.All)
        {
            RequireWeightsFor(parsed.GetResult(option), option.Name, weights);
        }

        RequireWeightsFor(parsed.GetResult(_key), "--key", weights);
        RequireWeightsFor(parsed.GetResult(_anyName), "--any-name", weights);
        return _names.Apply(parsed, new ModelSource(parsed.GetRequiredValue(_model))
        {
            Weights = weights,
            StateDictKey = parsed.GetValue(_key),
            Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
            Blocks = parsed.CommandResult.Command.Options.Contains(_block) && parsed.GetValue(_block) is { Length: > 0 } blocks ? BlockOptions.Choices(blocks) : [],
            Residual = _residual.Read(parsed),
            AnyName = parsed.GetValue(_anyName),
            Seed = SeedOf(parsed.GetRequiredValue(_model), weights, parsed.GetValue(_seed)),
            Onnx = _size.Read(parsed),
            Note = terminal.Note,
        });
    }

    /// <summary>The argument MODEL.</summary>
    internal string Name(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>The seed, which stands for more than random weights: where they are given, for random numbers, new layers and other random choices.</summary>
    internal ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>The seed of a network's weights, where they are random.</summary>
    internal static ulong? SeedOf(string model, string? weights, ulong seed) => weights is null && Zoo.TryFind(model, out _) ? seed : null;

    private static void RequireWeightsFor(OptionResult? given, string name, string? weights)
    {
        if (given is { Implicit: false } && weights is null)
        {
            throw new EspalierException($"{name} requires --weights");
        }
    }
}
