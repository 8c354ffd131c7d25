namespace Espalier.Training;

/// <summary>The learning rate rises to its greatest and falls far below where it began, both along half a cosine (Smith and Topin 2018, "Super-convergence"): PyTorch's <c>OneCycleLR</c> in two phases. The momentum stays.</summary>
/// <param name="Rise">The share of all steps that it rises in.</param>
/// <param name="InitialDivisor">It begins at 1 through this.</param>
/// <param name="FinalDivisor">It ends at the beginning's rate through this.</param>
public sealed record OneCycleSchedule(double Rise = 0.3, double InitialDivisor = 25, double FinalDivisor = 1e4) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time)
    {
        // PyTorch counts to the last step, and the peak lies one step before the share's end.
        double peak = (Rise * time.TotalSteps) - 1;
        double last = time.TotalSteps - 1;
        double start = 1 / InitialDivisor;
        return time.Step <= peak
            ? Between(start, 1, peak > 0 ? time.Step / peak : 1)
            : Between(1, start / FinalDivisor, (time.Step - peak) / (last - peak));
    }

    private static double Between(double from, double to, double progress) => to + ((from - to) * Cosine(progress));
}
