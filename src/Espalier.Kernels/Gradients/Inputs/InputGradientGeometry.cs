namespace Espalier.Kernels;

/// <summary>The pixels of the output gradient that an input gradient reads.</summary>
internal static class InputGradientGeometry
{
    /// <summary>The zeros that the output gradient must have around it.</summary>
    internal static Border RequiredBorder(in ConvolutionProblem forward)
    {
        Border border = default;
        foreach (InputGradientPhase phase in Phases(forward))
        {
            int top = -phase.Rows.Offset;
            int left = -phase.Columns.Offset;
            int bottom = phase.Rows.Last - forward.Output.Height + 1;
            int right = phase.Columns.Last - forward.Output.Width + 1;
            border = Border.Max(border, new Border(top, left, bottom, right));
        }

        return border;
    }

    /// <summary>The phases that have pixels and kernel positions. All other pixels have a gradient of zero.</summary>
    internal static IEnumerable<InputGradientPhase> Phases(ConvolutionProblem forward) =>
        from row in Enumerable.Range(0, forward.StrideHeight)
        from column in Enumerable.Range(0, forward.StrideWidth)
        let rows = PhaseAxis.Of(row, forward.StrideHeight, forward.DilationHeight, forward.KernelHeight, forward.PadTop, forward.Input.Height)
        let columns = PhaseAxis.Of(column, forward.StrideWidth, forward.DilationWidth, forward.KernelWidth, forward.PadLeft, forward.Input.Width)
        where rows.Pixels > 0 && columns.Pixels > 0
        select new InputGradientPhase(rows, columns);
}
