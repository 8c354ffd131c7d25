using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Dropout. The backward pass computes the random numbers again, so that no mask needs to be stored.</summary>
internal sealed class DropoutLayer(Node node, TrainingValue input, TrainingValue output) : TrainingLayer(node.Name, [input], output)
{
    private readonly double _probability = ((Dropout)node.Op).Probability;

    internal override void Forward(TrainingRun run) => Produce(run, (part, parts) => DropoutKernel.Run(
        run[Inputs[0]], Inputs[0].Layout, run.Draws.Of(node), _probability, run.PlacesOf(Output.Need), run[Output], Output.Layout, false, part, parts));

    internal override void Backward(TrainingRun run) => Propagate(run, Inputs[0], (part, parts, accumulate) => DropoutKernel.Run(
        run.GradientOf(Output), Output.GradientLayout, run.Draws.Of(node), _probability, run.PlacesOf(Output.Need),
        run.GradientOf(Inputs[0]), Inputs[0].GradientLayout, accumulate, part, parts));
}
