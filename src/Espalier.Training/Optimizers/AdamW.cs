using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Training;

/// <summary>AdamW: w ← w − ηλw; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂ / (√v̂ + ε), where m̂ and v̂ are bias-corrected.</summary>
internal sealed class AdamW(AdamWOptions options, IReadOnlyList<TrainingParameter> parameters) : Optimizer(parameters, ["exp_avg", "exp_avg_sq"])
{
    private protected override bool IsNormalized => true;

    private protected override void Update(UpdateSpan span, double learningRate, double? momentum) =>
        OptimizerKernel.AdamW(span.Value, span.Gradient, span.Slot(0), span.Slot(1), Settings(span.Parameter, span.Update, learningRate, momentum));

    private protected override void Update(IDeviceUpdates device, TrainingParameter parameter, long update, double learningRate, double? momentum) =>
        device.AdamW(Settings(parameter, update, learningRate, momentum));

    private AdamWSettings Settings(TrainingParameter parameter, long update, double learningRate, double? momentum) => new((float)learningRate, update)
    {
        WeightDecay = options.DecayOf(parameter),
        Beta1 = (float)(momentum ?? options.Beta1),
        Beta2 = (float)options.Beta2,
        Eps = (float)options.Epsilon,
    };
}
