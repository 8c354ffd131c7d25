namespace Espalier.Cli;

/// <summary>How much is to go, or what is to be left.</summary>
/// <param name="Kind">What the number counts.</param>
/// <param name="Value">The number.</param>
/// <param name="IsShare">Whether it is a share of what there is at the beginning.</param>
/// <param name="Option">The option that said so, with its text: for errors.</param>
internal readonly record struct PruneTarget(PruneTargetKind Kind, double Value, bool IsShare, string Option)
{
    /// <summary>The shares of layers or groups, of <see cref="PruneTargetKind.Amounts"/>.</summary>
    internal AmountsFile? Amounts { get; init; }

    /// <summary>What is to be left in the end of something that there is so much of at the beginning.</summary>
    internal double Of(double whole) => IsShare ? Value * whole : Value;
}
