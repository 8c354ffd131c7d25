namespace Espalier.Cli;

/// <summary>A grid of characters on which marks are placed without touching each other.</summary>
internal sealed class TextCanvas(int rows, int columns)
{
    private const int RowHeight = 2; // the height of a row in units of a column's width

    private readonly char[][] _cells = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Repeat(' ', columns).ToArray())];

    /// <summary>The rows from top to bottom, without trailing blanks.</summary>
    internal IEnumerable<string> Rows => _cells.Select(row => new string(row).TrimEnd());

    /// <summary>Places a mark at a position, or at the nearest free one.</summary>
    internal void Put(string mark, int row, int column)
    {
        var places =
            from y in Enumerable.Range(0, rows)
            from x in Enumerable.Range(0, Math.Max(1, columns - mark.Length + 1))
            where IsFree(y, x, mark.Length)
            orderby Math.Pow((y - row) * RowHeight, 2) + Math.Pow(x - column, 2)
            select (y, x);
        (int Row, int Column) place = places.FirstOrDefault((row, column));
        mark.AsSpan(0, Math.Min(mark.Length, columns - place.Column)).CopyTo(_cells[place.Row].AsSpan(place.Column));
    }

    /// <summary>Whether the cells and the neighbouring columns are free.</summary>
    private bool IsFree(int row, int column, int length)
    {
        int from = Math.Max(0, column - 1);
        int to = Math.Min(columns, column + length + 1);
        return !_cells[row].AsSpan(from, to - from).ContainsAnyExcept(' ');
    }
}
