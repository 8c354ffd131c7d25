using System.Globalization;
using System.Text;

namespace Espalier.Data;

/// <summary>Detects names that differ but look the same, so that messages can name the difference.</summary>
internal static class ConfusableNames
{
    private const char Accented = '\uffff';

    /// <summary>The difference between two names, or <see langword="null"/> where it is visible.</summary>
    internal static string? Difference(string name, string other) =>
        string.Equals(name.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase) ? "case or blanks"
        : HasMarks(name) != HasMarks(other) && Skeleton(name) == Skeleton(other) ? "the form of their accented letters (composed or decomposed Unicode, as macOS writes file names)"
        : null;

    private static bool HasMarks(string name) => name.Any(IsMark);

    private static bool IsMark(char letter) => char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark;

    /// <summary>The name with every non-ASCII letter, including its marks, replaced by one placeholder. The runtime's own normalization needs globalization data, which the program does not include.</summary>
    private static string Skeleton(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (!IsMark(letter))
            {
                text.Append(char.IsAscii(letter) ? letter : Accented);
            }
            else if (text.Length > 0)
            {
                text[^1] = Accented;
            }
        }

        return text.ToString();
    }
}
