using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A max or average pool, adaptive or not.</summary>
/// <param name="name">The node.</param>
/// <param name="input">The input.</param>
/// <param name="output">The output.</param>
/// <param name="calls">The kernel calls of the forward pass.</param>
/// <param name="geometry">The windows; <see langword="null"/> for an adaptive pool.</param>
/// <param name="isMax">Whether it is a max pool instead of an average pool.</param>
internal sealed class PoolLayer(string name, TrainingValue input, TrainingValue output, ForwardCall[] calls, PoolGeometry? geometry, bool isMax) : TrainingLayer(name, [input], output)
{
    internal override bool ReadsInputBackward(int index) => isMax;

    internal override bool ReadsOutputBackward => isMax;

    internal override void Forward(TrainingRun run) => Produce(run, calls);

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) =>
    {
        if (isMax)
        {
            PoolGradient.Max(
                run[Inputs[0]], Inputs[0].Layout, run[Output], Output.Layout, geometry, run.GradientOf(Output), Output.GradientLayout,
                run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts);
        }
        else
        {
            PoolGradient.Average(geometry, run.GradientOf(Output), Output.GradientLayout, run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, Batch, part, parts);
        }
    });
}
