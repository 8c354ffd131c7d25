using System.Text;

namespace Espalier.Cli;

/// <summary>Escapes control characters in names from files, which would otherwise break lines or control the terminal.</summary>
internal static class Visible
{
    /// <summary>The text with <c>\n</c>, <c>\t</c>, <c>\e</c> and <c>\xNN</c> for control characters.</summary>
    internal static string Text(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var shown = new StringBuilder();
        foreach (char letter in text)
        {
            shown.Append(letter switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\e' => "\\e",
                _ => char.IsControl(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : letter.ToString(),
            });
        }

        return shown.ToString();
    }
}
