namespace Espalier.Cli;

/// <summary>How wide the columns of a table are on a screen: numbers are never broken, text only between words, and a table that is too wide nevertheless becomes several, each of which begins with the key.</summary>
/// <param name="columns">What the columns need.</param>
/// <param name="keys">How many columns, from the first on, say what a row is.</param>
/// <param name="room">Columns of the screen.</param>
internal sealed class TableLayout(IReadOnlyList<TableLayout.Column> columns, int keys, int room)
{
    private const int Edge = 1; // blank at the end of each line
    private const int Wide = 3; // blanks between two columns
    private const int Dense = 2;

    /// <summary>A column's widths.</summary>
    /// <param name="IsNumber">Whether its cells are numbers.</param>
    /// <param name="Word">The longest word of cells and header.</param>
    /// <param name="Cell">The longest cell.</param>
    /// <param name="Whole">The longest cell or header.</param>
    internal readonly record struct Column(bool IsNumber, int Word, int Cell, int Whole)
    {
        private const int Readable = 20; // text in a narrower column is a heap of words

        /// <summary>The least that it can be read in.</summary>
        internal int Least => IsNumber ? Math.Max(Word, Cell) : Math.Max(Word, Math.Min(Whole, Readable));
    }

    /// <summary>Whether columns stand closer together than they do where there is room.</summary>
    internal bool IsDense { get; } = Edge + columns.Sum(column => column.Least + Wide) > room;

    /// <summary>The tables that it is printed as: which columns each has, and how wide they are.</summary>
    internal IReadOnlyList<IReadOnlyList<(int Column, int Width)>> Tables()
    {
        int[] repeated = [.. Enumerable.Range(0, Taken(Enumerable.Range(0, keys)) <= room / 2 ? keys : 1)];
        List<List<int>> tables = [[.. Enumerable.Range(0, keys)]];
        foreach (int column in Enumerable.Range(keys, columns.Count - keys))
        {
            if (Taken(tables[^1].Append(column)) > room && tables[^1].Count > repeated.Length)
            {
                tables.Add([.. repeated]);
            }

            tables[^1].Add(column);
        }

        return [.. tables.Select(Fit)];
    }

    private int Gap => IsDense ? Dense : Wide;

    private int Taken(IEnumerable<int> chosen) => Edge + chosen.Sum(column => columns[column].Least + Gap);

    /// <summary>Gives what is left to text, which then takes fewer lines, and what is left after that to headers of several words. Where there is less than nothing left, words are broken: of headers first, then of text, and of the key only in the end.</summary>
    private (int Column, int Width)[] Fit(List<int> chosen)
    {
        int[] widths = [.. chosen.Select(column => columns[column].Least)];
        int left = room - Taken(chosen);
        foreach (int i in Enumerable.Range(0, widths.Length).OrderBy(i => columns[chosen[i]].IsNumber ? 0 : chosen[i] >= keys ? 1 : 2))
        {
            int least = columns[chosen[i]].IsNumber ? Math.Max(1, columns[chosen[i]].Cell) : 1;
            int taken = Math.Clamp(-left, 0, widths[i] - least);
            (widths[i], left) = (widths[i] - taken, left + taken);
        }

        foreach (int i in Enumerable.Range(0, widths.Length).OrderBy(i => columns[chosen[i]].IsNumber))
        {
            int missing = columns[chosen[i]].Whole - widths[i];
            int more = left < missing && columns[chosen[i]].IsNumber ? 0 : Math.Clamp(left, 0, missing);
            (widths[i], left) = (widths[i] + more, left - more);
        }

        return [.. chosen.Zip(widths)];
    }
}
