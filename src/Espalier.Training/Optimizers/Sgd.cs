using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Training;

/// <summary>Stochastic gradient descent: g ← g + λw; v ← μv + (1 − τ)g; w ← w − η·(v, or g + μv).</summary>
internal sealed class Sgd(SgdOptions options, IReadOnlyList<TrainingParameter> parameters)
    : Optimizer(parameters, options.Momentum == 0 ? [] : ["momentum_buffer"])
{
    private protected override void Update(UpdateSpan span, double learningRate, double? momentum) =>
        OptimizerKernel.Sgd(span.Value, span.Gradient, options.Momentum == 0 ? [] : span.Slot(0), Settings(span.Parameter, span.Update, learningRate, momentum));

    private protected override void Update(IDeviceUpdates device, TrainingParameter parameter, long update, double learningRate, double? momentum) =>
        device.Sgd(Settings(parameter, update, learningRate, momentum));

    private SgdSettings Settings(TrainingParameter parameter, long update, double learningRate, double? momentum) => new((float)learningRate)
    {
        WeightDecay = options.DecayOf(parameter),
        Momentum = (float)(options.Momentum == 0 ? 0 : momentum ?? options.Momentum),
        Dampening = (float)options.Dampening,
        Nesterov = options.Nesterov,
        IsFirstStep = update == 1,
    };
}
