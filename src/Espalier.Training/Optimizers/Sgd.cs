namespace Espalier.Training;

/// <summary>Stochastic gradient descent: g ← g + λw; v ← μv + (1 − τ)g; w ← w − η·(v, or g + μv).</summary>
internal sealed class Sgd(SgdOptions options, IReadOnlyList<TrainingParameter> parameters)
    : Optimizer(parameters, options.Momentum == 0 ? [] : ["momentum_buffer"])
{
    private protected override void Update(UpdateSpan span, double learningRate)
    {
        float decay = options.DecayOf(span.Parameter);
        float rate = (float)learningRate;
        if (options.Momentum == 0)
        {
            UpdateKernel.Sgd(span.Value, span.Gradient, rate, decay);
            return;
        }

        // PyTorch's first velocity is the gradient itself: neither dampened nor joined to what there was.
        float momentum = span.Update == 1 ? 0 : (float)options.Momentum;
        float share = span.Update == 1 ? 1 : (float)(1 - options.Dampening);
        float ahead = options.Nesterov ? (float)options.Momentum : 0;
        UpdateKernel.SgdMomentum(span.Value, span.Gradient, span.Slot(0), rate, decay, momentum, share, ahead);
    }
}
