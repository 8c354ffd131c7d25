namespace Espalier.Kernels;

/// <summary>Where the pixels of one group lie in the maps: computed once, used for every channel.</summary>
internal sealed class SparseGroup(ConvolutionProblem problem, SparseGeometry geometry)
{
    /// <summary>Stands for a pixel that is not in the map.</summary>
    internal const int None = -1;

    /// <summary>Offsets into the input, of kernel row 0: [column][lane].</summary>
    internal int[] Inputs { get; } = new int[geometry.Columns.Length * geometry.Lanes];

    /// <summary>Offsets into the output, or <see cref="None"/>: [vector][lane].</summary>
    internal int[] Outputs { get; } = new int[geometry.Vectors * geometry.Lanes];

    /// <summary>Offsets into the residual: [vector][lane].</summary>
    internal int[] Residuals { get; } = new int[geometry.Vectors * geometry.Lanes];

    /// <summary>Moves to a group.</summary>
    internal void MoveTo(int group, int batch)
    {
        for (int lane = 0; lane < geometry.Lanes; lane++)
        {
            int segment = (group * geometry.Lanes) + lane;
            int last = (batch * geometry.Rows * geometry.SegmentsOfRow) - 1;
            (int row, int place) = Math.DivRem(Math.Min(segment, last), geometry.SegmentsOfRow); // lanes without a segment repeat the last, unwritten
            (int image, row) = Math.DivRem(row, geometry.Rows);
            int start = place * geometry.Vectors;
            SetInputs(lane, image, row, start);
            SetOutputs(lane, image, row, start, segment <= last);
        }
    }

    private void SetInputs(int lane, int image, int row, int start)
    {
        int last = ((geometry.Width - 1) * problem.StrideWidth) + ((problem.KernelWidth - 1) * problem.DilationWidth);
        ReadOnlySpan<int> columns = geometry.Columns;
        for (int i = 0; i < columns.Length; i++)
        {
            int column = Math.Min((start * problem.StrideWidth) + columns[i], last); // a short segment repeats the last column, unused
            int inputRow = row;
            if (geometry.IsFlat)
            {
                (inputRow, column) = Math.DivRem(column / problem.StrideWidth, problem.Output.Width);
                column *= problem.StrideWidth;
            }

            Inputs[(i * geometry.Lanes) + lane] = (image * problem.Input.Length)
                + problem.Input.Offset(0, (inputRow * problem.StrideHeight) - problem.PadTop, column - problem.PadLeft);
        }
    }

    private void SetOutputs(int lane, int image, int row, int start, bool exists)
    {
        for (int vector = 0; vector < geometry.Vectors; vector++)
        {
            int at = (vector * geometry.Lanes) + lane;
            Outputs[at] = None;
            if (exists && start + vector < geometry.Width)
            {
                (int y, int x) = Math.DivRem((row * geometry.Width) + start + vector, problem.Output.Width);
                Outputs[at] = (image * problem.Output.Length) + problem.Output.Offset(0, y, x);
                Residuals[at] = problem.Residual is { } residual ? (image * residual.Length) + residual.Offset(0, y, x) : None;
            }
        }
    }
}
