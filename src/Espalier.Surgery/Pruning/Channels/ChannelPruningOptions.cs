using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How <see cref="ChannelPruner"/> chooses what goes.</summary>
public readonly record struct ChannelPruningOptions()
{
    /// <summary>What makes a channel important; L1 unless said otherwise.</summary>
    public ChannelImportance? Importance { get; init; }

    /// <summary>How scores in several layers become one.</summary>
    public ChannelAggregate Aggregate { get; init; }

    /// <summary>Which channels are compared.</summary>
    public ChannelRanking Ranking { get; init; }

    /// <summary>How convolutions with groups shrink.</summary>
    public GroupedChannels Grouped { get; init; }

    /// <summary>No group becomes narrower than this; at least 1.</summary>
    public int MinimumWidth { get; init; } = 1;

    /// <summary>Widths are rounded up to multiples of this: 16 or 8 fill the vectors of AVX-512 or AVX2. 1 does not round.</summary>
    public int RoundTo { get; init; } = 1;

    /// <summary>Patterns of layers (<see cref="ScopePattern"/>) whose groups may shrink; none means all that can.</summary>
    public ValueList<string> Scopes { get; init; }

    /// <summary>Patterns of layers whose groups stay as they are.</summary>
    public ValueList<string> Exclude { get; init; }

    /// <summary>Whether what channels of zero filters still compute goes into the biases behind them, where that is exact (<see cref="ChannelConstants"/>).</summary>
    public bool CarriesConstants { get; init; } = true;
}
