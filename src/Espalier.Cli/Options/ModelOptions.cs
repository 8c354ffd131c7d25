using System.CommandLine.Parsing;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The argument MODEL and the options for its weights.</summary>
internal sealed class ModelOptions
{
    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "A network of the zoo (see 'espalier models'), or a model file.",
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "The checkpoint to load: PyTorch (.pth, .th, .pt, .tar of any version) or safetensors. 'espalier fetch' downloads published ones.",
        HelpName = "CHECKPOINT",
    };

    private readonly Option<string[]> _rename = RenameOptions.Create();

    private readonly Option<int> _classes = NumberOptions.Create(
        "--classes", "The number of classes; by default that of the checkpoint's last layer or the network's usual one.", 1, 1 << 20, null);

    private readonly Option<string?> _key = new("--key")
    {
        Description = "The key of the state_dict in the checkpoint, if it is none of the usual ones.",
        HelpName = "NAME",
    };

    private readonly Option<ulong> _seed = CommonOptions.Seed();

    internal void AddTo(Command command)
    {
        command.Arguments.Insert(0, _model);
        command.AddAll(_weights, _rename, _key, _classes, _seed);
    }

    internal ModelSource Read(ParseResult parsed)
    {
        string? weights = parsed.GetValue(_weights);
        RequireWeightsFor(parsed.GetResult(_rename), "--rename", weights);
        RequireWeightsFor(parsed.GetResult(_key), "--key", weights);
        return new ModelSource(parsed.GetRequiredValue(_model))
        {
            Weights = weights,
            StateDictKey = parsed.GetValue(_key),
            Renames = RenameOptions.Read(parsed, _rename),
            Classes = parsed.GetResult(_classes) is null ? null : parsed.GetValue(_classes),
            Seed = SeedOf(parsed.GetRequiredValue(_model), weights, parsed.GetValue(_seed)),
        };
    }

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
