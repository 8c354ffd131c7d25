namespace Espalier.Imaging;

/// <summary>One of the seven reduced images of an interlaced file (Adam7; PNG specification, 8.2), or the only one of a non-interlaced file.</summary>
/// <param name="X">The first column.</param>
/// <param name="Y">The first row.</param>
/// <param name="StepX">Distance between columns.</param>
/// <param name="StepY">Distance between rows.</param>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    private static readonly PngPass[] Plain = [new(0, 0, 1, 1)];

    private static readonly PngPass[] Adam7 =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>The passes that have pixels; small images lack some.</summary>
    public static IEnumerable<PngPass> Of(PngHeader header) =>
        (header.IsInterlaced ? Adam7 : Plain).Where(p => p.Width(header) > 0 && p.Height(header) > 0);

    public int Width(PngHeader header) => (header.Width - X + StepX - 1) / StepX;

    public int Height(PngHeader header) => (header.Height - Y + StepY - 1) / StepY;
}
