namespace Espalier.Cli;

/// <summary>A unit of a node as on the command line: <c>layer3</c> for the one in the middle of its map, <c>layer3:7,7</c> for one row and column.</summary>
/// <param name="Node">The node.</param>
/// <param name="Row">The row, or <see langword="null"/> for the middle one.</param>
/// <param name="Column">The column.</param>
internal sealed record UnitName(string Node, int? Row, int? Column)
{
    /// <exception cref="EspalierException">The text is no such name.</exception>
    internal static UnitName Parse(string text)
    {
        string[] parts = text.Split(':'), numbers = parts[^1].Split(',');
        return parts.Length == 1 && text.Length > 0 ? new UnitName(text, null, null)
            : parts.Length == 2 && parts[0].Length > 0 && numbers.Length == 2 && Number(numbers[0]) is int row && Number(numbers[1]) is int column ? new UnitName(parts[0], row, column)
            : throw new EspalierException($"--receptive-field takes NODE or NODE:ROW,COL, such as layer3:7,7, found '{text}'");
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
