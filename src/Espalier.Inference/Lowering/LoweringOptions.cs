using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Returns names of kernels to prefer for a convolution, separated by commas; <see langword="null"/> for the environment variable's, or those of least cost.</summary>
internal delegate string? KernelPreference(in ConvolutionProblem problem, WeightSparsity sparsity);

/// <summary>Options for lowering every layer of a plan.</summary>
/// <param name="InstructionSet">The vector instructions to use.</param>
/// <param name="Preference">Returns the kernels to prefer for a convolution.</param>
internal sealed record LoweringOptions(InstructionSet InstructionSet, KernelPreference Preference)
{
    /// <summary>Whether norms are multiplied into the weights of the layers before them; otherwise they are separate steps.</summary>
    public bool FusesNorms { get; init; } = true;

    /// <summary>Whether a convolution and the depthwise one that reads it are one step; otherwise each can be timed.</summary>
    public bool JoinsDepthwise { get; init; } = true;

    /// <summary>The lowering options for a predictor's options: kernels named there or in the environment variable take precedence over timed ones.</summary>
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
