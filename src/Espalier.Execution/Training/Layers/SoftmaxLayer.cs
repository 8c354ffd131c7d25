using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The training layer of softmax.</summary>
internal sealed class SoftmaxLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls) : TrainingLayer(name, [input], output)
{
    internal override bool ReadsOutputBackward => true;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) =>
    {
        if (!accumulate && part == 0)
        {
            ClearIdleLanes(run.GradientOf(Inputs[0]), Inputs[0].GradientLayout);
        }

        SoftmaxGradient.Run(run[Output], Output.Layout, run.GradientOf(Output), Output.GradientLayout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts);
    });

    // The lanes of the last vector without a class are not written by the kernel, and the reused memory may contain NaN.
    private void ClearIdleLanes(Span<float> gradient, BlockedLayout layout)
    {
        for (int image = 0; image < Batch; image++)
        {
            gradient.Slice((image * layout.Length) + layout.Channels, layout.Length - layout.Channels).Clear();
        }
    }
}
