namespace Espalier.Cli;

/// <summary>Computes the column widths of a table on a terminal. Numbers are never broken, text only between words; a table that is still too wide is split into several tables, each of which starts with the key columns.</summary>
/// <param name="columns">The widths that the columns require.</param>
/// <param name="keys">The number of leading columns that identify a row.</param>
/// <param name="room">The width of the terminal in columns.</param>
internal sealed class TableLayout(IReadOnlyList<TableLayout.Column> columns, int keys, int room)
{
    private const int Edge = 1; // blank at the end of each line
    private const int Wide = 3; // blanks between two columns
    private const int Dense = 2;

    /// <summary>The widths of a column in terminal columns.</summary>
    /// <param name="IsNumber">Whether its cells are numbers.</param>
    /// <param name="Word">The width of the longest word of cells and header.</param>
    /// <param name="Cell">The width of the longest cell.</param>
    /// <param name="Whole">The width of the longest cell or header.</param>
    internal sealed record Column(bool IsNumber, int Word, int Cell, int Whole)
    {
        private const int Readable = 20; // text in a narrower column is hard to read

        /// <summary>The minimum readable width.</summary>
        internal int Least => IsNumber ? Math.Max(Word, Cell) : Math.Max(Word, Math.Min(Whole, Readable));
    }

    /// <summary>Whether the gaps between columns are narrowed.</summary>
    internal bool IsDense { get; } = Edge + columns.Sum(column => column.Least + Wide) > room;

    /// <summary>The tables to print, with the indices and widths of their columns.</summary>
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

    /// <summary>Distributes the remaining width to text columns, then to headers of several words. If the width is insufficient, words are broken: first in headers, then in text, and last in the key columns.</summary>
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
