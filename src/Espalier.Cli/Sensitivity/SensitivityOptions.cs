using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options of a sensitivity scan.</summary>
internal sealed class SensitivityOptions
{
    private const string Layers = "layer";
    private const string Groups = "group";

    private readonly Option<string> _by = new("--by") { Description = "What is pruned separately: the weights of each layer ('layer') or the channels of each group ('group').", HelpName = "WHAT", CompletionSources = { Layers, Groups }, DefaultValueFactory = _ => Layers };
    private readonly Option<string> _amounts = new("--amounts") { Description = "The fractions to prune, ascending.", HelpName = "X,Y,…", DefaultValueFactory = _ => "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9" };
    private readonly Option<string> _method = new("--method") { Description = "The criterion that ranks weights or channels: l1, l2 or random; for weights also lamp, for channels also fpgm and bn.", HelpName = "NAME", CompletionSources = { "l1", "l2", "lamp", "fpgm", "bn", "random" }, DefaultValueFactory = _ => "l1" };
    private readonly Option<string> _pattern = new("--pattern") { Description = "The unit of pruning of weights: element, 4x1, 1x4, dim0, dim1.", HelpName = "NAME", CompletionSources = { "element", "4x1", "1x4", "dim0", "dim1" }, DefaultValueFactory = _ => "element" };
    private readonly Option<string[]> _scope = Patterns("--scope", "Layers to scan, by name or pattern; by default all that 'prune' prunes. Only with --by layer.");
    private readonly Option<string[]> _exclude = Patterns("--exclude", "Layers or groups that are not scanned.");

    internal void AddTo(Command command) => command.AddAll(_by, _amounts, _method, _pattern, _scope, _exclude);

    /// <summary>What is pruned and by which amounts.</summary>
    internal SensitivityScanOptions Read(ParseResult parsed, ulong seed)
    {
        var options = new SensitivityScanOptions { Amounts = ReadAmounts(parsed.GetRequiredValue(_amounts)) };
        ValueList<string> exclude = [.. parsed.GetValue(_exclude) ?? []];
        if (IsByGroup(parsed))
        {
            return options with { Channels = new ChannelPruning { Criterion = Channels(parsed.GetRequiredValue(_method)), Seed = seed, Exclude = exclude } };
        }

        string pattern = parsed.GetRequiredValue(_pattern);
        return options with
        {
            Weights = Weights(parsed.GetRequiredValue(_method)) with
            {
                Pattern = WeightPattern.Find(pattern) ?? throw new EspalierException($"there is no --pattern {pattern}; there are element, 4x1, 1x4, dim0 and dim1"),
                Scopes = [.. parsed.GetValue(_scope) ?? []],
                Exclude = exclude,
                Seed = seed,
            },
        };
    }

    /// <summary>Whether channel groups are scanned rather than layers.</summary>
    internal bool IsByGroup(ParseResult parsed) => parsed.GetRequiredValue(_by) switch
    {
        Layers => false,
        Groups when parsed.GetValue(_scope) is not { Length: > 0 } => true,
        Groups => throw new EspalierException("--scope selects layers and cannot be used with --by group; --exclude omits groups"),
        string other => throw new EspalierException($"--by takes {Layers} or {Groups}, found '{other}'"),
    };

    private static Option<string[]> Patterns(string name, string description) => new(name) { Description = description, HelpName = "PATTERN", AllowMultipleArgumentsPerToken = true };

    private static ValueList<double> ReadAmounts(string text)
    {
        double?[] amounts = [.. text.Split(',').Select(part => FiniteNumber.Parse(part))];
        return amounts.All(amount => amount is not null) ? ValueList.From(amounts.Select(amount => amount!.Value)) : throw new EspalierException($"--amounts takes fractions such as 0.25,0.5,0.75, found '{text}'");
    }

    private static WeightPruning Weights(string method) => method is "l1" or "l2" or "lamp" or "random"
        ? WeightMethods.Request(method, "--method")
        : throw new EspalierException($"there is no --method {method} for weights; there are l1, l2, lamp and random");

    private static IChannelCriterion Channels(string method) => method != "taylor" && PruneChannelsOptions.Criterion(method) is { } criterion
        ? criterion
        : throw new EspalierException($"there is no --method {method} for channels; there are l1, l2, fpgm, bn and random");
}
