using System.Globalization;
using System.Text;

namespace Espalier.Data;

/// <summary>Names that are not the same but look it, so that a message that shows both would help nobody.</summary>
internal static class LookAlike
{
    private const char Accented = '\uffff';

    /// <summary>In what two names differ, or <see langword="null"/> where a person sees it.</summary>
    internal static string? Difference(string name, string other) =>
        string.Equals(name.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase) ? "case or blanks"
        : HasMarks(name) != HasMarks(other) && Skeleton(name) == Skeleton(other) ? "the form of their accented letters (composed or decomposed Unicode, as macOS writes file names)"
        : null;

    private static bool HasMarks(string name) => name.Any(IsMark);

    private static bool IsMark(char letter) => char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark;

    /// <summary>Plain letters as they are, and one sign for any other letter, with its marks. The runtime's own normalization does nothing without its globalization data, which the program does not carry.</summary>
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
