using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>A target as the command line asks for it.</summary>
/// <param name="Kind">What its number counts.</param>
/// <param name="Target">The target.</param>
/// <param name="Option">The option that said so, with its text: for errors.</param>
internal sealed record ParsedTarget(PruneTargetKind Kind, PruningTarget Target, string Option)
{
    /// <summary>The shares of layers or groups, of <see cref="PruneTargetKind.Amounts"/>.</summary>
    internal AmountsFile? Amounts { get; init; }

    /// <summary>An error of the pruning, with the option that asked for it and the line of its file.</summary>
    internal EspalierException Explain(EspalierException error) => new($"{Option}: {(Amounts?.Locate(error) ?? error).Message}", error);
}

/// <summary>A pruning as the command line asks for it.</summary>
/// <param name="Request">What goes.</param>
/// <param name="Explain">Puts an error of the pruning into the command line's words.</param>
internal sealed record AskedPruning(PruningRequest Request, Func<EspalierException, EspalierException> Explain);
