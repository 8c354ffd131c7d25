namespace Espalier.Models;

/// <summary>Edit distance between two names, for suggestions.</summary>
internal static class EditDistance
{
    private const int LongestCompared = 100; // longer names match no entry; this limits the time

    /// <summary>The smallest number of characters to insert, delete or replace (Levenshtein 1966).</summary>
    internal static int Between(string from, string to)
    {
        from = from[..Math.Min(from.Length, LongestCompared)];
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
