namespace Espalier.Cli;

/// <summary>Reports an exception by a line on stderr and an exit code.</summary>
internal static class Failure
{
    /// <summary>Prints the line and returns the exit code.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="terminal">Where the line goes.</param>
    /// <param name="verb">The verb that ran, or <see langword="null"/>.</param>
    internal static int Report(Exception error, Terminal terminal, Command? verb = null)
    {
        switch (error)
        {
            case AggregateException { InnerExceptions.Count: 1 } single:
                return Report(single.InnerException!, terminal, verb);
            case StateDictMismatchException { Suggestion.IsEmpty: false } mismatch:
                return Say(terminal, $"{mismatch.Message}; that is {string.Join(' ', mismatch.Suggestion.Select(rule => $"--rename '{rule}'"))}");
            case EspalierException or IOException or UnauthorizedAccessException:
                return Say(terminal, error.Message);
            case AggregateException several when several.Flatten().InnerExceptions.OfType<OutOfMemoryException>().FirstOrDefault() is { } memory:
                return Report(memory, terminal, verb);
            case TypeInitializationException { InnerException: OutOfMemoryException memory }:
                return Report(memory, terminal, verb);
            case OutOfMemoryException:
                return Say(terminal, $"not enough memory{(error is InsufficientMemoryException ? $": {error.Message}" : "")}{Advice(verb)}");
            default:
                terminal.Error.WriteLine($"espalier: internal error, please report it: {error}");
                return ExitCode.InternalError;
        }
    }

    /// <summary>What needs less memory: the options of the verb for it, if it has any.</summary>
    private static string Advice(Command? verb)
    {
        string[] options = [.. (verb?.Options ?? []).Select(option => option.Name).Where(name => name is "--batch" or "--input").Order(StringComparer.Ordinal)];
        return $"; a smaller {(options.Length == 0 ? "network or input" : string.Join(" or ", options))} needs less";
    }

    private static int Say(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"espalier: {OneLine(LibraryWords.Translate(message))}");
        return ExitCode.UserError;
    }

    private static string OneLine(string text) => Visible.Text(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
