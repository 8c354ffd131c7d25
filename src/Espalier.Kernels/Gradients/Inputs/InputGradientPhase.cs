using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The pixels of an input gradient whose rows and columns leave the same remainder by the strides: one convolution with stride 1 computes them.</summary>
/// <param name="Rows">Vertically.</param>
/// <param name="Columns">Horizontally.</param>
internal readonly record struct InputGradientPhase(PhaseAxis Rows, PhaseAxis Columns)
{
    /// <summary>Whether the gradient there is zero, because no tap meets these pixels.</summary>
    internal bool IsZero => Rows.Taps.Length == 0 || Columns.Taps.Length == 0;

    /// <summary>The forward taps, in the order of the phase's own.</summary>
    internal int[] Taps(int kernelWidth)
    {
        PhaseAxis columns = Columns;
        return [.. Rows.Taps.SelectMany(row => columns.Taps.Select(column => (row * kernelWidth) + column))];
    }

    /// <summary>The convolution of the output gradient that computes it.</summary>
    /// <param name="forward">The convolution as it runs forward.</param>
    /// <param name="outputGradient">What it reads.</param>
    /// <param name="target">What it writes.</param>
    internal ConvolutionProblem Problem(in ConvolutionProblem forward, BlockedLayout outputGradient, BlockedLayout target) => new()
    {
        Input = outputGradient,
        Output = target,
        Residual = target,
        Kernel = (Rows.Taps.Length, Columns.Taps.Length),
        Dilation = (Rows.Dilation, Columns.Dilation),
        Padding = new Padding(-Rows.Offset, -Columns.Offset, 0, 0),
        Groups = forward.Groups,
        UsualBatch = forward.UsualBatch,
    };
}
