using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options of <c>--channels</c>.</summary>
internal sealed class PruneChannelsOptions
{
    private const int Widest = 1 << 16;
    private const string Importances = "l1, l2, fpgm, bn, taylor and random";

    private readonly Option<bool> _channels = new("--channels") { Description = "Removes channels, together with all channels coupled to them, so that layers become narrower. It cannot be undone." };
    private readonly Option<bool> _showGroups = new("--show-groups") { Description = "Lists which channels are coupled and which cannot be removed; removes nothing." };
    private readonly Option<string?> _importance = new("--importance") { Description = "The criterion that ranks channels: l1 (the default) or l2 (norm of the filter), fpgm (distance to the other filters), bn (weight of the batch norm), taylor (requires --data), random.", HelpName = "NAME" };
    private readonly Option<string?> _ranking = new("--ranking") { Description = "Which channels are ranked together: local (those of a group, the default), global (all), normalized (all, after division by their group's mean).", HelpName = "NAME" };
    private readonly Option<string?> _aggregate = new("--aggregate") { Description = "How the scores of a channel in several layers are combined: mean (the default), max or sum.", HelpName = "NAME" };
    private readonly Option<string?> _grouped = new("--grouped") { Description = "How grouped convolutions become narrower: auto (the default), whole (fewer groups) or even (fewer channels in each group).", HelpName = "NAME" };
    private readonly Option<int> _roundTo = NumberOptions.Create("--round-to", "Rounds widths up to multiples of N; 16 or 8 fill the vectors of AVX-512 or AVX2.", 1, Widest, 1);
    private readonly Option<int> _minimum = NumberOptions.Create("--min-width", "The minimum width of each group.", 1, Widest, 1);
    private readonly Option<bool> _noCarry = new("--no-carry") { Description = "Does not fold the constant outputs of channels with zero filters into the biases of the following layers." };

    /// <summary>The options that require <c>--channels</c>.</summary>
    internal IReadOnlyList<Option> Own => [_importance, _ranking, _aggregate, _grouped, _roundTo, _minimum, _noCarry];

    internal void AddTo(Command command)
    {
        command.Add(_channels);
        command.Add(_showGroups);
        foreach (Option option in Own)
        {
            command.Add(option);
        }
    }

    internal bool AreAskedFor(ParseResult parsed) => parsed.GetValue(_channels);

    internal bool ShowsGroups(ParseResult parsed) => parsed.GetValue(_showGroups);

    internal AskedPruning Read(ParseResult parsed, ParsedTarget target, ulong seed, ValueList<string> scopes, ValueList<string> exclude)
    {
        string importance = parsed.GetValue(_importance) ?? "l1";
        var request = new ChannelPruning
        {
            Target = target.Target,
            Criterion = Criterion(importance) ?? throw new EspalierException($"there is no --importance {importance}; there are {Importances}"),
            Seed = seed,
            Ranking = Choose(parsed, _ranking, ("local", ChannelRanking.Local), ("global", ChannelRanking.Global), ("normalized", ChannelRanking.Normalized), ("normalised", ChannelRanking.Normalized)),
            Aggregate = Choose(parsed, _aggregate, ("mean", ChannelAggregate.Mean), ("max", ChannelAggregate.Max), ("sum", ChannelAggregate.Sum)),
            Grouped = Grouped(parsed),
            RoundTo = parsed.GetValue(_roundTo),
            MinimumWidth = parsed.GetValue(_minimum),
            FoldsConstants = !parsed.GetValue(_noCarry),
            Scopes = scopes,
            Exclude = exclude,
        };
        return new AskedPruning(request, target.Explain);
    }

    /// <summary>The criterion with a name, or <see langword="null"/>.</summary>
    internal static IChannelCriterion? Criterion(string importance) => importance switch
    {
        "l1" => PruningCriteria.L1,
        "l2" => PruningCriteria.L2,
        "fpgm" => PruningCriteria.Fpgm,
        "bn" => PruningCriteria.NormScale,
        "taylor" => PruningCriteria.Taylor,
        "random" => PruningCriteria.Random,
        _ => null,
    };

    internal GroupedChannels Grouped(ParseResult parsed) =>
        Choose(parsed, _grouped, ("auto", GroupedChannels.Automatic), ("whole", GroupedChannels.WholeGroups), ("even", GroupedChannels.EvenlyPerGroup));

    private static T Choose<T>(ParseResult parsed, Option<string?> option, params (string Name, T Value)[] choices)
    {
        string name = parsed.GetValue(option) ?? choices[0].Name;
        foreach ((string known, T value) in choices)
        {
            if (known == name)
            {
                return value;
            }
        }

        string[] names = [.. choices.DistinctBy(choice => choice.Value).Select(choice => choice.Name)]; // an older spelling is accepted, but not listed
        throw new EspalierException($"there is no {option.Name} {name}; there are {string.Join(", ", names.SkipLast(1))} and {names[^1]}");
    }
}
