using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>What every layer of a plan is lowered with.</summary>
/// <param name="InstructionSet">The vectors to compute with.</param>
/// <param name="ConvolutionKernels">Kernels to prefer; see <see cref="PredictorOptions.ConvolutionKernels"/>.</param>
internal sealed record LoweringOptions(InstructionSet InstructionSet, string? ConvolutionKernels)
{
    /// <summary>Whether norms behind layers are multiplied into the layers' weights; if not, they are steps of their own.</summary>
    public bool FusesNorms { get; init; } = true;
}
