using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options that give parts of a network their own learning rate, or a later beginning.</summary>
internal sealed class ScopedRateOptions
{
    private readonly Option<string[]> _factors = Pairs("--lr-factor", "SCOPE=FACTOR", "Factors of the learning rate of scopes: layer1=0.1 layer2=0.3. Of several that match, the last one applies.");
    private readonly Option<string[]> _unfreeze = Pairs("--unfreeze", "SCOPE=EPOCH", "Scopes that are trained only from an epoch on, counted from 0: layer3=2 layer2=4 (gradual unfreezing). Until then they keep their weights; their batch norms still update their statistics.");

    internal void AddTo(Command command) => command.AddAll(_factors, _unfreeze);

    /// <summary>A rule for each scope that is named.</summary>
    internal ValueList<ScopedLearningRate> Read(ParseResult parsed)
    {
        List<(string Scope, double Number)> factors = Numbers(parsed, _factors), epochs = Numbers(parsed, _unfreeze);
        IEnumerable<ScopedLearningRate> scaled = factors.Select(each => new ScopedLearningRate(each.Scope, each.Number, epochs.LastOrDefault(other => other.Scope == each.Scope).Number));
        IEnumerable<ScopedLearningRate> later = epochs.Where(each => !factors.Any(other => other.Scope == each.Scope)).Select(each => new ScopedLearningRate(each.Scope, 1, each.Number));
        return ValueList.From(scaled.Concat(later));
    }

    private static List<(string Scope, double Number)> Numbers(ParseResult parsed, Option<string[]> option) => [.. parsed.GetValue(option)!.Select(text =>
        text.LastIndexOf('=') is int at and > 0 && FiniteNumber.TryParse(text.AsSpan(at + 1), out double number) && number >= 0
            ? (text[..at], number)
            : throw new EspalierException($"{option.Name} takes {option.HelpName} with a number of at least 0, found '{text}'"))];

    private static Option<string[]> Pairs(string name, string form, string description) => new(name)
    {
        Description = description,
        HelpName = form,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
}
