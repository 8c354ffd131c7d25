namespace Espalier.Kernels;

/// <summary>One tile of an image: where it reads and writes, and how much of it lies within the map.</summary>
/// <remarks>Offsets are in floats from the start of an image, for channel block 0.</remarks>
/// <param name="Input">The first pixel that is read.</param>
/// <param name="InputRows">Rows that the convolution reads; below them zeros are taken.</param>
/// <param name="InputColumns">Columns that the convolution reads.</param>
/// <param name="Output">The first pixel that is written.</param>
/// <param name="Residual">The first pixel that is added, if anything is.</param>
/// <param name="Rows">Rows that are written.</param>
/// <param name="Columns">Columns that are written.</param>
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
