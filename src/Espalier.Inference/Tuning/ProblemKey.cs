using System.Globalization;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>A convolution as text: layers with one text are timed as one, and take the same kernel.</summary>
internal static class ProblemKey
{
    /// <summary>Everything that a kernel's time depends on; of the sparsity, whole percent.</summary>
    internal static string Of(in ConvolutionProblem problem, WeightSparsity sparsity) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Map(problem.Input)} -> {Map(problem.Output)}, {problem.Kernel.Height}x{problem.Kernel.Width}, stride {problem.Stride.Height}x{problem.Stride.Width}, dilation {problem.Dilation.Height}x{problem.Dilation.Width}, {problem.Groups} groups, {(problem.Residual is null ? "plain" : "residual")}, {problem.Activation.Kind}, zeros {sparsity.Zeros:P0} {sparsity.ZeroBlocks:P0}");

    private static string Map(BlockedLayout map) => string.Create(CultureInfo.InvariantCulture, $"{map.Channels}x{map.Height}x{map.Width}/{map.Lanes}");
}
