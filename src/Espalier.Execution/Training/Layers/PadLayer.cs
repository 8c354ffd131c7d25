using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Padding of a feature map with one value per channel, which is not trained, or zeros.</summary>
internal sealed class PadLayer(string name, TrainingValue input, TrainingValue output, Padding padding, Tensor? values) : TrainingLayer(name, [input], output)
{
    private readonly float[] _values = new float[input.Layout.PaddedChannels];

    // The gradient of the padded map, viewed as that of the original map with a wider border in the same memory.
    private BlockedLayout Inner
    {
        get
        {
            Padding outer = Output.GradientLayout.Border;
            return Inputs[0].GradientLayout with
            {
                Border = outer + padding,
            };
        }
    }

    internal override void Forward(TrainingRun run)
    {
        values?.Read<float>().CopyTo(_values);
        Produce(run, [new ForwardCall(ForwardKernels.Pad(padding, _values, Inputs[0].Layout, Output.Layout))]);
    }

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => ElementwiseGradient.Scale(
        run.GradientOf(Output), Inner, 1, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts));
}
