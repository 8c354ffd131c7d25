using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The options of a <see cref="TrainingPlan"/>.</summary>
internal sealed record TrainingPlanOptions : TrainingRunOptions
{
    /// <summary>Creates the default options.</summary>
    public TrainingPlanOptions()
    {
    }

    internal TrainingPlanOptions(TrainingRunOptions options)
        : base(options)
    {
    }

    /// <summary>The instruction set of the kernels, or <see langword="null"/> for the best one that the machine supports.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Names of convolution kernels to prefer, separated by commas, or <see langword="null"/> to choose by cost.</summary>
    public string? ConvolutionKernels { get; init; }
}
