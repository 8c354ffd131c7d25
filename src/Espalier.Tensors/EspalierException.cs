using System.Globalization;

namespace Espalier.Tensors;

/// <summary>The base of every error that is the input's fault, not the program's: its message is one line fit to show a user.</summary>
public class EspalierException : Exception
{
    private const int LongestMessage = 2000; // some twenty lines of a terminal

    /// <summary>An error with a message that names what was found, what was expected and where.</summary>
    public EspalierException(string message) : base(OneLine(message))
    {
    }

    /// <summary>An error caused by another.</summary>
    public EspalierException(string message, Exception inner) : base(OneLine(message), inner)
    {
    }

    // Names out of files end up in messages, and messages on terminals: a name must not break the line, colour it or flood it.
    private static string OneLine(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string shown = message.Length <= LongestMessage ? message : string.Concat(message.AsSpan(0, LongestMessage), "…");
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(Visible)) : shown;
    }

    private static string Visible(char unit) =>
        char.IsControl(unit) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}") : unit.ToString();
}
