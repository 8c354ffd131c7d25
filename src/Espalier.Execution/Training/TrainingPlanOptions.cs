using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>How a <see cref="TrainingPlan"/> is made.</summary>
internal sealed record TrainingPlanOptions : TrainingRunOptions
{
    /// <summary>What any runtime takes.</summary>
    public TrainingPlanOptions()
    {
    }

    internal TrainingPlanOptions(TrainingRunOptions options)
        : base(options)
    {
    }

    /// <summary>The vector width, or <see langword="null"/> for the machine's best.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Names of convolution kernels to prefer, separated by commas, or <see langword="null"/> to choose by cost.</summary>
    public string? ConvolutionKernels { get; init; }
}
