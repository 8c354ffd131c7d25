namespace Espalier.Training;

/// <summary>How the learning rate, and with some schedules the momentum, changes with time: a pure function, so that nothing needs to be saved and any moment can be asked for.</summary>
public abstract record Schedule
{
    /// <summary>What the learning rate is multiplied with at that moment.</summary>
    public abstract double FactorAt(TrainingTime time);

    /// <summary>The momentum at that moment, SGD's μ or AdamW's β₁, or <see langword="null"/> for the optimizer's own.</summary>
    public virtual double? MomentumAt(TrainingTime time) => null;

    /// <summary>From half a cosine, 1 at progress 0 and 0 at progress 1 (Loshchilov and Hutter 2017, "SGDR", without restarts).</summary>
    private protected static double Cosine(double progress) => (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))) / 2;
}
