using System.Globalization;

namespace Espalier.Tensors;

/// <summary>Base of all errors caused by the input rather than by a bug. The message is one line that can be shown to users.</summary>
public class EspalierException : Exception
{
    private const int LongestMessage = 2000; // characters, about twenty lines of a terminal

    /// <summary>Creates an error whose message says what was found, what was expected and where.</summary>
    public EspalierException(string message) : base(OneLine(message))
    {
    }

    /// <summary>Creates an error with an inner exception.</summary>
    public EspalierException(string message, Exception inner) : base(OneLine(message), inner)
    {
    }

    // Messages contain names from files and are printed on terminals: a name must not add lines, colours or unlimited length.
    private static string OneLine(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string shown = message.Length <= LongestMessage ? message : string.Concat(message.AsSpan(0, LongestMessage), "…");
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(Visible)) : shown;
    }

    private static string Visible(char unit) =>
        char.IsControl(unit) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}") : unit.ToString();
}
