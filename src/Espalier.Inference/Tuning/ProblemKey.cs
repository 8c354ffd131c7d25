using System.Globalization;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Describes a convolution as text: layers with equal texts are timed together and use the same kernel.</summary>
internal static class ProblemKey
{
    /// <summary>Everything that a kernel's time depends on; the sparsity in whole percent.</summary>
    internal static string Of(in ConvolutionProblem problem, WeightSparsity sparsity) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Map(problem.Input)} -> {Map(problem.Output)}, {problem.Kernel.Height}x{problem.Kernel.Width}, stride {problem.Stride.Height}x{problem.Stride.Width}, dilation {problem.Dilation.Height}x{problem.Dilation.Width}, {problem.Groups} groups, {(problem.Residual is null ? "plain" : "residual")}, {problem.Activation.Kind}, zeros {sparsity.Zeros:P0} {sparsity.ZeroBlocks:P0}");

    private static string Map(BlockedLayout map) => string.Create(CultureInfo.InvariantCulture, $"{map.Channels}x{map.Height}x{map.Width}/{map.Lanes}");
}
