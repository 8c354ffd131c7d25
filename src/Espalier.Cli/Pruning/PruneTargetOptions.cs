using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options for how much is pruned, of which exactly one must be given.</summary>
internal sealed class PruneTargetOptions
{
    private static readonly (string Suffix, double Factor)[] s_counts = [("k", 1e3), ("M", 1e6), ("G", 1e9)];
    private static readonly (string Suffix, double Factor)[] s_sizes = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)];
    private static readonly (string Suffix, double Factor)[] s_times = [("ms", 1), ("us", 1e-3), ("µs", 1e-3), ("s", 1e3)];

    private readonly Option<string?> _amount = Create("--amount", "How much of the remaining elements to remove: a fraction with a decimal point or a percentage (0.8, 80%); for weights also a number of them, or of blocks of --pattern.");
    private readonly Option<string?> _sparsity = Create("--target-sparsity", "Weights: the fraction that is zero after pruning, including earlier prunings.");
    private readonly Option<string?> _macs = Create("--target-macs", "Channels: the maximum multiply-accumulates of one sample after pruning: a fraction (50%) or a number (60M).");
    private readonly Option<string?> _parameters = Create("--target-params", "Channels: the maximum number of parameters after pruning: a fraction or a number (500k).");
    private readonly Option<string?> _bytes = Create("--target-bytes", "Channels: the maximum size of the model file: a fraction or bytes (2.5MiB, 800kB).");
    private readonly Option<string?> _latency = Create("--target-latency", "Weights and channels: the maximum time of one sample on one thread of this machine (8ms), or a fraction of the current time. Measured with the kernels that inference chooses.");
    private readonly Option<string?> _amounts = new("--amounts") { Description = "Weights and channels: a file of lines 'name,amount' with a fraction for each layer or group, as written by 'espalier sensitivity --amounts-csv'. Layers and groups that are not listed are not pruned.", HelpName = "FILE" };

    private IReadOnlyList<(PruneTargetKind Kind, Option<string?> Option)> All =>
    [
        (PruneTargetKind.Amount, _amount), (PruneTargetKind.Sparsity, _sparsity), (PruneTargetKind.MultiplyAccumulates, _macs),
        (PruneTargetKind.Parameters, _parameters), (PruneTargetKind.Bytes, _bytes), (PruneTargetKind.Latency, _latency), (PruneTargetKind.Amounts, _amounts),
    ];

    internal void AddTo(Command command)
    {
        foreach ((_, Option<string?> option) in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Whether any of them is given.</summary>
    internal bool IsGiven(ParseResult parsed) => All.Any(each => parsed.GetValue(each.Option) is not null);

    /// <summary>The file of --amounts, or <see langword="null"/>.</summary>
    internal string? AmountsPath(ParseResult parsed) => parsed.GetValue(_amounts);

    /// <summary>The target that is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="what">The pruned elements, for error messages.</param>
    /// <param name="possible">The kinds of targets that are supported.</param>
    /// <exception cref="EspalierException">None or more than one is given, its kind is not supported, or it cannot be parsed.</exception>
    internal ParsedTarget Read(ParseResult parsed, string what, params PruneTargetKind[] possible)
    {
        (PruneTargetKind Kind, Option<string?> Option)[] given = [.. All.Where(each => parsed.GetValue(each.Option) is not null)];
        string names = string.Join(", ", All.Where(each => possible.Contains(each.Kind)).Select(each => each.Option.Name));
        if (given.Length != 1 || !possible.Contains(given[0].Kind))
        {
            string found = given.Length == 0 ? "none of them" : string.Join(" and ", given.Select(each => each.Option.Name));
            throw new EspalierException($"give the amount of {what} to prune with one of {names}; found {found}");
        }

        (PruneTargetKind kind, Option<string?> option) = given[0];
        string text = parsed.GetValue(option)!;
        return kind == PruneTargetKind.Amounts ? Named(AmountsFile.Read(text), option.Name) : Parse(kind, option.Name, text);
    }

    private static ParsedTarget Named(AmountsFile file, string option) => new(PruneTargetKind.Amounts, PruningTarget.Amounts(file.Shares), option) { Amounts = file };

    private static ParsedTarget Parse(PruneTargetKind kind, string option, string text)
    {
        string said = $"{option} {text}";
        if (Share(text) is double share)
        {
            bool isPossible = share >= 0 && share <= 1 && (share > 0 || kind is PruneTargetKind.Amount or PruneTargetKind.Sparsity);
            return isPossible || (kind is PruneTargetKind.Latency or PruneTargetKind.Amount && !text.EndsWith('%')) // 8.5 are milliseconds; an amount of 1.5 is refused by the pruning itself
                ? new ParsedTarget(kind, Target(kind, share, isPossible || kind == PruneTargetKind.Amount), said)
                : throw new EspalierException($"{said}: a fraction is {(kind is PruneTargetKind.Sparsity ? "from 0 to 1" : "above 0 and at most 1")}, such as 0.5 or 50%");
        }

        double? number = kind switch
        {
            PruneTargetKind.Bytes => Number(text, s_sizes),
            PruneTargetKind.Latency => Number(text, s_times),
            PruneTargetKind.Sparsity => null,
            PruneTargetKind.Amount => Number(text, []),
            _ => Number(text, s_counts),
        };
        return number is double found && (found > 0 || kind == PruneTargetKind.Amount)
            ? new ParsedTarget(kind, Target(kind, found, false), said)
            : throw new EspalierException($"{said}: expected {Forms(kind)}");
    }

    private static PruningTarget Target(PruneTargetKind kind, double value, bool isShare) => kind switch
    {
        PruneTargetKind.Amount => isShare ? PruningTarget.Fraction(value) : PruningTarget.Count((long)value),
        PruneTargetKind.Sparsity => PruningTarget.Sparsity(value),
        PruneTargetKind.MultiplyAccumulates => Bounded(PruningMeasure.MultiplyAccumulates, value, isShare),
        PruneTargetKind.Parameters => Bounded(PruningMeasure.Parameters, value, isShare),
        PruneTargetKind.Bytes => Bounded(PruningMeasure.Bytes, value, isShare),
        PruneTargetKind.Latency => Bounded(PruningMeasure.Milliseconds, value, isShare),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static PruningTarget Bounded(PruningMeasure measure, double value, bool isShare) => isShare ? PruningTarget.AtMostShare(measure, value) : PruningTarget.AtMost(measure, value);

    private static string Forms(PruneTargetKind kind) => kind switch
    {
        PruneTargetKind.Amount => "a fraction such as 0.8 or 80%, or a number of weights",
        PruneTargetKind.Sparsity => "a fraction such as 0.9 or 90%",
        PruneTargetKind.Bytes => "a fraction such as 50%, or a size such as 2.5MiB or 800kB",
        PruneTargetKind.Latency => "a time such as 8ms, or a fraction such as 50%",
        _ => "a fraction such as 50%, or a number such as 60M",
    };

    /// <summary>A number with a decimal point or a percent sign as a fraction, or <see langword="null"/>.</summary>
    private static double? Share(string text) =>
        text.EndsWith('%') && FiniteNumber.TryParse(text.AsSpan(0, text.Length - 1), out double percent) ? percent / 100
        : text.Contains('.') && FiniteNumber.TryParse(text, out double share) ? share
        : null;

    /// <summary>A number with one of the units or without, or <see langword="null"/>.</summary>
    private static double? Number(string text, (string Suffix, double Factor)[] units)
    {
        foreach ((string suffix, double factor) in units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal) && FiniteNumber.TryParse(text.AsSpan(0, text.Length - suffix.Length), out double scaled, NumberStyles.AllowDecimalPoint))
            {
                return scaled * factor;
            }
        }

        return FiniteNumber.Parse(text, NumberStyles.None);
    }

    private static Option<string?> Create(string name, string description) => new(name) { Description = description, HelpName = "X" };
}
