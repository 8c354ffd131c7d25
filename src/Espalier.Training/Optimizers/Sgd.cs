using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Training;

/// <summary>Stochastic gradient descent: g ← g + λw; v ← μv + (1 − τ)g; w ← w − η·(v, or g + μv).</summary>
internal sealed class Sgd(SgdOptions options, IReadOnlyList<TrainingParameter> parameters)
    : Optimizer(parameters, options.Momentum == 0 ? [] : ["momentum_buffer"])
{
    private protected override void Update(UpdateSpan span, double learningRate, double? momentum) =>
        OptimizerKernel.Sgd(span.Value, span.Gradient, options.Momentum == 0 ? [] : span.Slot(0), new SgdSettings((float)learningRate)
        {
            WeightDecay = options.DecayOf(span.Parameter),
            Momentum = (float)(options.Momentum == 0 ? 0 : momentum ?? options.Momentum),
            Dampening = (float)options.Dampening,
            Nesterov = options.Nesterov,
            IsFirstStep = span.Update == 1,
        });
}
