using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>Converts the images to the memory layout of the kernels.</summary>
internal sealed class InputLayer(string name, TrainingValue output) : TrainingLayer(name, [], output)
{
    internal override void Forward(TrainingRun run) => Produce(run, (part, parts) =>
        LayoutKernel.ToBlocked(run.Images.Read<float>(), run[Output], Output.Layout, Batch, part, parts));

    internal override void Backward(TrainingRun run)
    {
    }
}
