using System.CommandLine.Parsing;

namespace Espalier.Cli;

/// <summary>The argument MODEL and the options that say which numbers it has.</summary>
internal sealed class ModelOptions
{
    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "A network of the zoo (see 'espalier models'), or a model file.",
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "The checkpoint to load: PyTorch's (.pth, .th, .pt, .tar of any age) or safetensors. 'espalier fetch' gets published ones.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<string[]> _rename = RenameOptions.Create();

    private readonly Option<int> _classes = NumberOptions.Create(
        "--classes", "Classes, where neither the network's usual number nor the checkpoint's last layer tells.", 1, 1 << 20, null);

    private readonly Option<string?> _key = new("--key")
    {
        Description = "The entry of the checkpoint that holds its state_dict, where it is in none of the usual places.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _anyName = AnyNameOption.Create();
    private readonly Option<string[]> _block = BlockOptions.CreateBlock();
    private readonly Option<ulong> _seed = CommonOptions.Seed();

    /// <summary>Adds the options.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="blocks">Whether it has no option --block of its own.</param>
    internal void AddTo(Command command, bool blocks = true)
    {
        command.Arguments.Insert(0, _model);
        command.AddAll(_weights, _rename, _key, _classes, _anyName, _seed);
        if (blocks)
        {
            command.AddAll(_block);
        }
    }

    /// <summary>The source that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where notes about the weights go.</param>
    internal ModelSource Read(ParseResult parsed, Terminal terminal)
    {
        string? weights = parsed.GetValue(_weights);
        RequireWeightsFor(parsed.GetResult(_rename), "--rename", weights);
        RequireWeightsFor(parsed.GetResult(_key), "--key", weights);
        RequireWeightsFor(parsed.GetResult(_anyName), "--any-name", weights);
        return new ModelSource(parsed.GetRequiredValue(_model))
        {
            Weights = weights,
            StateDictKey = parsed.GetValue(_key),
            Renames = RenameOptions.Read(parsed, _rename),
            Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
            Blocks = parsed.CommandResult.Command.Options.Contains(_block) ? BlockOptions.Choices(parsed.GetValue(_block) ?? []) : [],
            AnyName = parsed.GetValue(_anyName),
            Seed = parsed.GetValue(_seed),
            Note = terminal.Note,
        };
    }

    private static void RequireWeightsFor(OptionResult? given, string name, string? weights)
    {
        if (given is { Implicit: false } && weights is null)
        {
            throw new EspalierException($"{name} is about the checkpoint of --weights, and there is none");
        }
    }
}
