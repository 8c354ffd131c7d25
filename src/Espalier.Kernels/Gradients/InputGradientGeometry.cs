namespace Espalier.Kernels;

/// <summary>Which pixels of the output gradient an input gradient reads.</summary>
internal static class InputGradientGeometry
{
    /// <summary>The zeros that the output gradient must have around it.</summary>
    internal static Border RequiredBorder(in ConvolutionProblem forward)
    {
        (int top, int bottom) = Along(
            forward.StrideHeight, forward.DilationHeight, forward.KernelHeight, forward.PadTop, forward.Input.Height, forward.Output.Height);
        (int left, int right) = Along(
            forward.StrideWidth, forward.DilationWidth, forward.KernelWidth, forward.PadLeft, forward.Input.Width, forward.Output.Width);
        return new Border(top, left, bottom, right);
    }

    // Input pixel y takes from output pixel (y + pad − tap · dilation) / stride, where that is whole.
    private static (int Before, int After) Along(int stride, int dilation, int taps, int pad, int input, int output)
    {
        (int before, int after) = (0, 0);
        for (int tap = 0; tap < taps; tap++)
        {
            for (int y = 0; y < input; y++)
            {
                int position = y + pad - (tap * dilation);
                if (position % stride == 0)
                {
                    before = Math.Max(before, -(position / stride));
                    after = Math.Max(after, (position / stride) - output + 1);
                }
            }
        }

        return (before, after);
    }
}
