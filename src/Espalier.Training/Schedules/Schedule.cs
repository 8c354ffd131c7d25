namespace Espalier.Training;

/// <summary>A schedule of the learning rate and optionally of the momentum. It is a pure function of the step, so it has no state to save.</summary>
public abstract record Schedule
{
    /// <summary>Returns the factor of the learning rate at a step.</summary>
    public abstract double FactorAt(TrainingTime time);

    /// <summary>Returns the momentum at a step, SGD's μ or AdamW's β₁, or <see langword="null"/> for that of the optimizer's options.</summary>
    public virtual double? MomentumAt(TrainingTime time) => null;

    /// <summary>Returns the value of half a cosine, 1 at progress 0 and 0 at progress 1 (Loshchilov and Hutter 2017, "SGDR", without restarts).</summary>
    private protected static double Cosine(double progress) => (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))) / 2;
}
