namespace Espalier.Cli;

/// <summary>The report of a pruned model's speed relative to the original.</summary>
internal static class SpeedReport
{
    /// <summary>The report as text, which says whether the model is faster.</summary>
    internal static string Describe(this PruneSpeed speed)
    {
        string times = $"{Amount.Fixed(speed.Before, 3)} ms before, {Amount.Fixed(speed.After, 3)} ms after";
        string verdict = speed.IsSlower ? $"SLOWER than before by {Amount.Percent((speed.After / speed.Before) - 1)}"
            : speed.IsFaster ? $"{Amount.Fixed(speed.Before / speed.After, 2)} times as fast as before"
            : "not faster than before";
        return speed.Target is double target ? $"{verdict}: {times}, target at most {Amount.Fixed(target, 3)} ms" : $"{verdict}: {times}";
    }

    /// <summary>The report as JSON.</summary>
    internal static ReportObject Data(this PruneSpeed speed) => new()
    {
        { "ms_before", speed.Before },
        { "ms", speed.After },
        { "faster", speed.IsFaster },
        { "target_ms", speed.Target },
        { "reached", speed.Target is null ? default(ReportValue) : !speed.Fails },
    };
}
