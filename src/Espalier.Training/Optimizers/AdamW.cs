namespace Espalier.Training;

/// <summary>AdamW: w ← w − ηλw; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂ / (√v̂ + ε), m̂ and v̂ corrected for their beginning at 0.</summary>
internal sealed class AdamW(AdamWOptions options, IReadOnlyList<TrainingParameter> parameters) : Optimizer(parameters, ["exp_avg", "exp_avg_sq"])
{
    private protected override void Update(UpdateSpan span, double learningRate)
    {
        double correction1 = 1 - Math.Pow(options.Beta1, span.Update);
        double correction2 = 1 - Math.Pow(options.Beta2, span.Update);
        var step = new AdamStep(
            Keep: (float)(1 - (learningRate * options.DecayOf(span.Parameter))),
            Rate: (float)(learningRate / correction1),
            Beta1: (float)options.Beta1,
            Share1: (float)(1 - options.Beta1),
            Beta2: (float)options.Beta2,
            Share2: (float)(1 - options.Beta2),
            Root: (float)Math.Sqrt(correction2),
            Epsilon: (float)options.Epsilon);
        UpdateKernel.AdamW(span.Value, span.Gradient, span.Slot(0), span.Slot(1), step);
    }
}
