namespace Espalier.Training;

/// <summary>The learning rate rises to its maximum and then decreases far below its initial value, both along half a cosine, while the momentum changes in the opposite direction (Smith and Topin 2018, "Super-convergence"), as PyTorch's <c>OneCycleLR</c> with two phases.</summary>
/// <param name="Rise">The fraction of all steps in which the learning rate rises, PyTorch's <c>pct_start</c>.</param>
/// <param name="InitialDivisor">The initial factor is 1 divided by this, PyTorch's <c>div_factor</c>.</param>
/// <param name="FinalDivisor">The final factor is the initial one divided by this, PyTorch's <c>final_div_factor</c>.</param>
public sealed record OneCycleSchedule(double Rise = 0.3, double InitialDivisor = 25, double FinalDivisor = 1e4) : Schedule
{
    /// <summary>Whether the schedule also sets the momentum: SGD's μ, unless that is 0, or AdamW's β₁.</summary>
    public bool CyclesMomentum { get; init; } = true;

    /// <summary>The momentum at the maximum of the learning rate.</summary>
    public double MinMomentum { get; init; } = 0.85;

    /// <summary>The momentum at the beginning and at the end.</summary>
    public double MaxMomentum { get; init; } = 0.95;

    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time)
    {
        double start = 1 / InitialDivisor;
        return At(time, start, 1, start / FinalDivisor);
    }

    /// <inheritdoc/>
    public override double? MomentumAt(TrainingTime time) => CyclesMomentum ? At(time, MaxMomentum, MinMomentum, MaxMomentum) : null;

    private double At(TrainingTime time, double start, double middle, double end)
    {
        // As in PyTorch, the peak is one step before the end of the rising fraction.
        double peak = (Rise * time.TotalSteps) - 1;
        double last = time.TotalSteps - 1;
        return time.Step <= peak
            ? Between(start, middle, peak > 0 ? time.Step / peak : 1)
            : Between(middle, end, (time.Step - peak) / (last - peak));
    }

    private static double Between(double from, double to, double progress) => to + ((from - to) * Cosine(progress));
}
