using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A batch norm of a frozen scope: it uses its running statistics, and neither these nor its parameters change.</summary>
internal sealed class FrozenNormLayer : TrainingLayer
{
    private readonly float[] _scale;
    private readonly float[] _shift;
    private readonly double _epsilon;
    private readonly TrainingParameter? _weight;
    private readonly TrainingParameter? _bias;
    private readonly BatchNormBuffers _buffers;

    internal FrozenNormLayer(string name, TrainingValue input, TrainingValue output, double epsilon, TrainingParameter? weight, TrainingParameter? bias, BatchNormBuffers buffers)
        : base(name, [input], output)
    {
        (_epsilon, _weight, _bias, _buffers) = (epsilon, weight, bias, buffers);
        (_scale, _shift) = (new float[input.Layout.PaddedChannels], new float[input.Layout.PaddedChannels]);
        FindFactors();
    }

    internal override void Repack(TrainingRun run) => FindFactors();

    internal override void Forward(TrainingRun run) => Produce(
        run, [new ForwardCall(ForwardKernels.ScaleAndShift(Activation.None, _scale, _shift, Inputs[0].Layout, Output.Layout))]);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => ElementwiseGradient.ScaleChannels(
        run.GradientOf(Output), Output.GradientLayout, _scale, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));

    private void FindFactors()
    {
        ReadOnlySpan<float> mean = _buffers.Mean.Read<float>();
        ReadOnlySpan<float> variance = _buffers.Variance.Read<float>();
        for (int c = 0; c < mean.Length; c++)
        {
            double scale = (_weight is null ? 1 : _weight.Value.Span[c]) / Math.Sqrt(variance[c] + _epsilon);
            (_scale[c], _shift[c]) = ((float)scale, (float)((_bias is null ? 0 : _bias.Value.Span[c]) - (scale * mean[c])));
        }
    }
}
