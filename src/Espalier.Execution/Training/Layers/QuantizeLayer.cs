using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Rounding to 8 bits, with the straight-through gradient and that of the scale.</summary>
/// <param name="name">The node's name.</param>
/// <param name="input">What is rounded.</param>
/// <param name="output">What it is rounded to.</param>
/// <param name="scale">The scale, a single number.</param>
/// <param name="zeroPoint">The zero point, UInt8.</param>
internal sealed class QuantizeLayer(string name, TrainingValue input, TrainingValue output, TrainingParameter scale, Tensor zeroPoint) : TrainingLayer(name, [input], output)
{
    private double[] _sums = [];

    private long Elements => (long)Output.Layout.Channels * Output.Layout.Height * Output.Layout.Width;

    private QuantizationPoint Point => new(scale.Value.Span[0], zeroPoint.Read<byte>()[0]);

    internal override bool ReadsInputBackward(int index) => true;

    internal override void Forward(TrainingRun run) => Produce(run, [new ForwardCall(ForwardKernels.Quantize(Point, Inputs[0].Layout, Output.Layout))]);

    internal override void Backward(TrainingRun run)
    {
        QuantizationPoint point = Point;
        if (scale.Trainable)
        {
            AddToScale(run, point);
        }

        Propagate(run, Inputs[0], (part, parts, accumulate) => ElementwiseGradient.Quantize(
            run.GradientOf(Output), Output.GradientLayout, run[Inputs[0]], Inputs[0].Layout, point.Scale, point.ZeroPoint,
            run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
    }

    private void AddToScale(TrainingRun run, QuantizationPoint point)
    {
        bool accumulate = Accumulates(scale);
        int batch = Batch;
        Array.Resize(ref _sums, Math.Max(batch, _sums.Length));
        run.Parallel((part, parts) => QuantizationGradient.Scale(
            run[Inputs[0]], Inputs[0].Layout, run.GradientOf(Output), Output.GradientLayout, point.Scale, point.ZeroPoint, _sums.AsSpan(0, batch), part, parts));
        double sum = 0;
        foreach (double image in _sums.AsSpan(0, batch))
        {
            sum += image;
        }

        Span<float> gradient = scale.Gradient.Span;
        gradient[0] = (float)((accumulate ? gradient[0] : 0) + (sum * ScaleGradient.OfPoint(Elements, point.ZeroPoint)));
    }
}
