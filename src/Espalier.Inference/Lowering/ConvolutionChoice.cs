using System.Collections.Immutable;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Chooses a kernel for each convolution.</summary>
/// <param name="InstructionSet">The vectors of the plan.</param>
/// <param name="Preferred">Kernels to prefer, by name, in order.</param>
internal sealed record ConvolutionChoice(InstructionSet InstructionSet, ImmutableArray<string> Preferred)
{
    internal static ConvolutionChoice From(PredictorOptions options) => new(
        options.InstructionSet ?? InstructionSet.Best,
        [.. (options.ConvolutionKernels ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);

    internal ConvolutionKernel For(in ConvolutionProblem problem)
    {
        foreach (string name in Preferred)
        {
            if (First(problem, name) is ConvolutionKernel preferred)
            {
                return preferred;
            }
        }

        return First(problem, null) ?? throw new EspalierException($"No convolution kernel for {InstructionSet.Name} can compute {problem}.");
    }

    private ConvolutionKernel? First(in ConvolutionProblem problem, string? name)
    {
        foreach (ConvolutionKernel kernel in ConvolutionKernel.All)
        {
            if (kernel.InstructionSet == InstructionSet && (name is null || kernel.Name == name) && kernel.Supports(problem))
            {
                return kernel;
            }
        }

        return null;
    }
}
