using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The pixels of the output gradient that an input gradient reads.</summary>
internal static class InputGradientGeometry
{
    /// <summary>The zeros that the output gradient must have around it.</summary>
    internal static Padding RequiredBorder(in ConvolutionProblem forward)
    {
        Padding border = default;
        foreach (InputGradientPhase phase in Phases(forward))
        {
            int top = -phase.Rows.Offset;
            int left = -phase.Columns.Offset;
            int bottom = phase.Rows.Last - forward.Output.Height + 1;
            int right = phase.Columns.Last - forward.Output.Width + 1;
            border = Padding.Max(border, new Padding(top, left, bottom, right));
        }

        return border;
    }

    /// <summary>The phases that have pixels and kernel positions. All other pixels have a gradient of zero.</summary>
    internal static IEnumerable<InputGradientPhase> Phases(ConvolutionProblem forward) =>
        from row in Enumerable.Range(0, forward.Stride.Height)
        from column in Enumerable.Range(0, forward.Stride.Width)
        let rows = PhaseAxis.Of(row, forward.Stride.Height, forward.Dilation.Height, forward.Kernel.Height, forward.Padding.Top, forward.Input.Height)
        let columns = PhaseAxis.Of(column, forward.Stride.Width, forward.Dilation.Width, forward.Kernel.Width, forward.Padding.Left, forward.Input.Width)
        where rows.Pixels > 0 && columns.Pixels > 0
        select new InputGradientPhase(rows, columns);
}
