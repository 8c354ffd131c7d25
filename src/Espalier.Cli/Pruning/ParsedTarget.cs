using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>A pruning target parsed from the command line.</summary>
/// <param name="Kind">The measure of the target.</param>
/// <param name="Target">The target.</param>
/// <param name="Option">The option and its text, for error messages.</param>
internal sealed record ParsedTarget(PruneTargetKind Kind, PruningTarget Target, string Option)
{
    /// <summary>The fractions of layers or groups, for <see cref="PruneTargetKind.Amounts"/>.</summary>
    internal AmountsFile? Amounts { get; init; }

    /// <summary>An error of the pruning, prefixed with the option and the line of its file.</summary>
    internal EspalierException Explain(EspalierException error) => new($"{Option}: {(Amounts?.Locate(error) ?? error).Message}", error);
}

/// <summary>A pruning request parsed from the command line.</summary>
/// <param name="Request">The request.</param>
/// <param name="Explain">Rephrases an error of the pruning in terms of the command line.</param>
internal sealed record AskedPruning(PruningRequest Request, Func<EspalierException, EspalierException> Explain);
