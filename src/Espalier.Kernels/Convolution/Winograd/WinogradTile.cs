namespace Espalier.Kernels;

/// <summary>One tile of an image: its offsets, and the part of it that lies within the map.</summary>
/// <remarks>Offsets are in floats from the start of an image, for channel block 0.</remarks>
/// <param name="Input">Offset of the first input pixel.</param>
/// <param name="InputRows">Number of input rows that exist; those below are zeros.</param>
/// <param name="InputColumns">Number of input columns that exist.</param>
/// <param name="Output">Offset of the first output pixel.</param>
/// <param name="Residual">Offset of the first residual pixel, if there is a residual.</param>
/// <param name="Rows">Number of output rows.</param>
/// <param name="Columns">Number of output columns.</param>
internal readonly record struct WinogradTile(int Input, int InputRows, int InputColumns, int Output, int Residual, int Rows, int Columns)
{
    /// <summary>The tiles of one image, in row-major order, each of <paramref name="outputs"/> x <paramref name="outputs"/> pixels.</summary>
    internal static WinogradTile[] Cut(in ConvolutionProblem problem, int outputs)
    {
        var tiles = new List<WinogradTile>();
        for (int row = 0; row < problem.Output.Height; row += outputs)
        {
            for (int column = 0; column < problem.Output.Width; column += outputs)
            {
                int rows = Math.Min(outputs, problem.Output.Height - row);
                int columns = Math.Min(outputs, problem.Output.Width - column);
                tiles.Add(new WinogradTile(
                    problem.Input.Offset(0, row - problem.Padding.Top, column - problem.Padding.Left), rows + 2, columns + 2,
                    problem.Output.Offset(0, row, column), problem.Residual?.Offset(0, row, column) ?? 0, rows, columns));
            }
        }

        return [.. tiles];
    }
}
