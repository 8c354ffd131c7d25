using System.CommandLine;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Pruning;

/// <summary>The options that say which weights to prune.</summary>
internal sealed class WeightPruningFlags
{
    private readonly Option<string?> _method = new("--method") { Description = "By what weights are ranked: l1 (magnitude), l2 or linf (of blocks and vectors), lamp (to be ranked with --global), random.", HelpName = "NAME" };
    private readonly Option<string?> _amount = new("--amount") { Description = "How much of what is left to remove: a share with a point or a percentage (0.8, 80%), or a number of weights or blocks.", HelpName = "X" };
    private readonly Option<string[]> _scope = Patterns("--scope", "Layers or parameters by name or pattern, such as layer3 or 'layer*.0.conv2'. All convolutions and linear layers but stem, depthwise ones and classifier unless given; a full name means those too.");
    private readonly Option<string[]> _exclude = Patterns("--exclude", "Layers or parameters to leave alone.");
    private readonly Option<bool> _all = new("--all-layers") { Description = "Prunes stem, depthwise convolutions and classifier too." };
    private readonly Option<bool> _global = new("--global") { Description = "Ranks all layers together rather than each alone." };
    private readonly Option<string?> _pattern = new("--pattern") { Description = "What goes as one: element, 4x1 (output channels), 1x4 (input channels), 2:4 (takes no amount), dim0, dim1 … (whole vectors, as PyTorch's ln_structured).", HelpName = "NAME" };
    private readonly Option<string?> _distribution = new("--distribution") { Description = "How the amount is spread over layers: uniform or erk.", HelpName = "NAME" };

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_method, _amount, _scope, _exclude, _all, _global, _pattern, _distribution])
        {
            command.Add(option);
        }
    }

    /// <summary>The patterns of --scope.</summary>
    internal ValueList<string> Scopes(ParseResult parsed) => [.. parsed.GetValue(_scope) ?? []];

    /// <summary>Whether anything is asked for that <c>--undo</c> and <c>--remove</c> have no use for.</summary>
    internal bool AsksToPrune(ParseResult parsed) => parsed.GetValue(_method) is not null || parsed.GetValue(_amount) is not null || parsed.GetValue(_pattern) is not null;

    internal WeightPruningOptions Read(ParseResult parsed, ulong seed)
    {
        string pattern = parsed.GetValue(_pattern) ?? "element";
        WeightPattern found = WeightPattern.Find(pattern) ?? throw new EspalierException($"there is no --pattern {pattern}; there are element, 4x1, 1x4, 2:4, dim0 and dim1");
        string method = parsed.GetValue(_method) ?? throw new EspalierException("say how weights are ranked with --method: l1, l2, linf, lamp or random");
        bool all = parsed.GetValue(_all);
        return new WeightPruningOptions(Score(method), found == WeightPattern.TwoOfFour ? Nothing(parsed) : ReadAmount(parsed.GetValue(_amount)))
        {
            Pattern = found,
            IsGlobal = parsed.GetValue(_global),
            Distribution = ReadDistribution(parsed),
            Scopes = Scopes(parsed),
            Exclude = [.. parsed.GetValue(_exclude) ?? []],
            IncludesStem = all,
            IncludesDepthwise = all,
            IncludesClassifier = all,
            Norm = method switch { "l2" => 2, "linf" => double.PositiveInfinity, _ => 1 },
            Seed = seed,
        };
    }

    private static Option<string[]> Patterns(string name, string description) => new(name) { Description = description, HelpName = "PATTERN", AllowMultipleArgumentsPerToken = true };

    private static WeightScore Score(string method) => method switch
    {
        "l1" or "l2" or "linf" => WeightScore.Magnitude,
        "lamp" => WeightScore.Lamp,
        "random" => WeightScore.Random,
        _ => throw new EspalierException($"there is no --method {method}; there are l1, l2, linf, lamp and random"),
    };

    private PruneAmount Nothing(ParseResult parsed) => parsed.GetValue(_amount) is string amount
        ? throw new EspalierException($"--pattern 2:4 always removes half and takes no --amount, found {amount}")
        : PruneAmount.Fraction(0.5);

    private AmountDistribution ReadDistribution(ParseResult parsed) => (parsed.GetValue(_distribution), parsed.GetValue(_global)) switch
    {
        (null or "uniform", _) => AmountDistribution.Uniform,
        ("erk", false) => AmountDistribution.ErdosRenyiKernel,
        ("erk", true) => throw new EspalierException("--global ranks all layers together, so there is no --distribution to choose"),
        (string other, _) => throw new EspalierException($"there is no --distribution {other}; there are uniform and erk"),
    };

    private static PruneAmount ReadAmount(string? text)
    {
        if (text is null)
        {
            throw new EspalierException("say how much goes with --amount: a share such as 0.8 or 80%, or a number of weights");
        }

        if (text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent))
        {
            return PruneAmount.Fraction(percent / 100);
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? PruneAmount.Count(count)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) ? PruneAmount.Fraction(share)
            : throw new EspalierException($"--amount takes a share such as 0.8 or 80%, or a number of weights, found '{text}'");
    }
}
