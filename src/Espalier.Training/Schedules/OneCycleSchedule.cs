namespace Espalier.Training;

/// <summary>The learning rate rises to its greatest and falls far below where it began, both along half a cosine, and the momentum goes the other way (Smith and Topin 2018, "Super-convergence"): PyTorch's <c>OneCycleLR</c> in two phases.</summary>
/// <param name="Rise">The share of all steps that it rises in.</param>
/// <param name="InitialDivisor">It begins at 1 through this.</param>
/// <param name="FinalDivisor">It ends at the beginning's rate through this.</param>
public sealed record OneCycleSchedule(double Rise = 0.3, double InitialDivisor = 25, double FinalDivisor = 1e4) : Schedule
{
    /// <summary>Whether the momentum cycles too, in place of the optimizer's own: SGD's μ, unless that is 0, or AdamW's β₁.</summary>
    public bool CyclesMomentum { get; init; } = true;

    /// <summary>The momentum where the learning rate is greatest.</summary>
    public double LeastMomentum { get; init; } = 0.85;

    /// <summary>The momentum at the beginning and at the end.</summary>
    public double GreatestMomentum { get; init; } = 0.95;

    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time)
    {
        double start = 1 / InitialDivisor;
        return At(time, start, 1, start / FinalDivisor);
    }

    /// <inheritdoc/>
    public override double? MomentumAt(TrainingTime time) => CyclesMomentum ? At(time, GreatestMomentum, LeastMomentum, GreatestMomentum) : null;

    private double At(TrainingTime time, double start, double middle, double end)
    {
        // PyTorch counts to the last step, and the peak lies one step before the share's end.
        double peak = (Rise * time.TotalSteps) - 1;
        double last = time.TotalSteps - 1;
        return time.Step <= peak
            ? Between(start, middle, peak > 0 ? time.Step / peak : 1)
            : Between(middle, end, (time.Step - peak) / (last - peak));
    }

    private static double Between(double from, double to, double progress) => to + ((from - to) * Cosine(progress));
}
