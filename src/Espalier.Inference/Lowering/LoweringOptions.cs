using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Names kernels to prefer for a convolution, separated by commas; <see langword="null"/> leaves it to the environment variable, or else to cost.</summary>
internal delegate string? KernelPreference(in ConvolutionProblem problem, WeightSparsity sparsity);

/// <summary>What every layer of a plan is lowered with.</summary>
/// <param name="InstructionSet">The vectors to compute with.</param>
/// <param name="Preference">Which kernels to prefer for a convolution.</param>
internal sealed record LoweringOptions(InstructionSet InstructionSet, KernelPreference Preference)
{
    /// <summary>Whether norms behind layers are multiplied into the layers' weights; if not, they are steps of their own.</summary>
    public bool FusesNorms { get; init; } = true;

    /// <summary>What a predictor's options ask for: the kernels named there or by the environment variable come before timed ones.</summary>
    internal static LoweringOptions From(PredictorOptions options)
    {
        InstructionSet set = options.InstructionSet ?? InstructionSet.Best;
        string? forced = options.ConvolutionKernels ?? Environment.GetEnvironmentVariable(ConvolutionKernel.Variable);
        TunedKernels? tuned = options.TunedKernels;
        return new LoweringOptions(set, (in ConvolutionProblem problem, WeightSparsity sparsity) => forced ?? tuned?.For(problem, sparsity))
        {
            FusesNorms = !options.Unfolded,
        };
    }
}
