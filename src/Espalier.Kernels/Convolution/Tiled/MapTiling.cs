namespace Espalier.Kernels;

/// <summary>Divides the output map of a convolution into tiles of limited width.</summary>
internal static class MapTiling
{
    /// <summary>The tiles of one image, in row-major order.</summary>
    /// <remarks>
    /// A row is divided into nearly equal tiles. Two rows that fit into one tile form one, so that a map of 7 x 7 fills tiles of 14 pixels.
    /// A 1x1 convolution with stride 1 between maps without side borders sees the whole map as one row.
    /// </remarks>
    internal static MapTile[] Cut(in ConvolutionProblem problem, int maximumWidth)
    {
        int height = problem.Output.Height;
        int width = problem.Output.Width;
        if (IsOneRow(problem))
        {
            (height, width) = (1, height * width);
        }

        var tiles = new List<MapTile>();
        int pieces = (width + maximumWidth - 1) / maximumWidth;
        bool pairs = 2 * width <= maximumWidth;
        for (int row = 0; row < height; row++)
        {
            if (pairs && row + 1 < height)
            {
                tiles.Add(Make(problem, 2 * width, (row, 0), (row + 1, 0)));
                row++;
                continue;
            }

            for (int piece = 0; piece < pieces; piece++)
            {
                int start = (int)((long)width * piece / pieces);
                int length = (int)((long)width * (piece + 1) / pieces) - start;
                tiles.Add(Make(problem, length, (row, start), (row, start + ((length + 1) / 2))));
            }
        }

        return [.. tiles];
    }

    private static bool IsOneRow(in ConvolutionProblem problem) =>
        problem is { Kernel: (1, 1), Stride: (1, 1), Padding: { Top: 0, Left: 0 } }
        && problem.Output.Width == problem.Input.Width
        && HasNoSides(problem.Input) && HasNoSides(problem.Output) && (problem.Residual is not { } residual || HasNoSides(residual));

    private static bool HasNoSides(in BlockedLayout layout) => layout.Border is { Left: 0, Right: 0 };

    private static MapTile Make(in ConvolutionProblem problem, int width, (int Row, int Column) first, (int Row, int Column) second)
    {
        // A tile of one pixel has no second run, whose column would lie outside the map; its offset is never used.
        second = width == 1 ? first : second;
        return new MapTile(
            width,
            InputOffset(problem, first),
            InputOffset(problem, second),
            problem.Output.Offset(0, first.Row, first.Column),
            problem.Output.Offset(0, second.Row, second.Column),
            problem.Residual?.Offset(0, first.Row, first.Column) ?? 0,
            problem.Residual?.Offset(0, second.Row, second.Column) ?? 0);
    }

    private static int InputOffset(in ConvolutionProblem problem, (int Row, int Column) at) =>
        problem.Input.Offset(0, (at.Row * problem.Stride.Height) - problem.Padding.Top, (at.Column * problem.Stride.Width) - problem.Padding.Left);
}
