using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The pixels of an input gradient whose row and column have the same remainders modulo the strides: one convolution with stride 1 computes them.</summary>
/// <param name="Rows">The vertical axis.</param>
/// <param name="Columns">The horizontal axis.</param>
internal readonly record struct InputGradientPhase(PhaseAxis Rows, PhaseAxis Columns)
{
    /// <summary>Whether the gradient is zero there, because no kernel position reads these pixels.</summary>
    internal bool IsZero => Rows.Positions.Length == 0 || Columns.Positions.Length == 0;

    /// <summary>The forward kernel positions, in the phase's own order.</summary>
    internal int[] Positions(int kernelWidth)
    {
        PhaseAxis columns = Columns;
        return [.. Rows.Positions.SelectMany(row => columns.Positions.Select(column => (row * kernelWidth) + column))];
    }

    /// <summary>The convolution of the output gradient that computes it.</summary>
    /// <param name="forward">The convolution as it runs forward.</param>
    /// <param name="outputGradient">Layout of the output's gradient.</param>
    /// <param name="target">Layout of the result.</param>
    internal ConvolutionProblem Problem(in ConvolutionProblem forward, BlockedLayout outputGradient, BlockedLayout target) => new()
    {
        Input = outputGradient,
        Output = target,
        Residual = target,
        Kernel = (Rows.Positions.Length, Columns.Positions.Length),
        Dilation = (Rows.Dilation, Columns.Dilation),
        Padding = new Padding(-Rows.Offset, -Columns.Offset, 0, 0),
        Groups = forward.Groups,
        UsualBatch = forward.UsualBatch,
    };
}
