namespace Espalier.Cli;

/// <summary>Reports an exception by a line on stderr and an exit code.</summary>
internal static class Failure
{
    internal static int Report(Exception error, Terminal terminal)
    {
        switch (error)
        {
            case AggregateException { InnerExceptions.Count: 1 } single:
                return Report(single.InnerException!, terminal);
            case StateDictMismatchException { Suggestion.IsEmpty: false } mismatch:
                return Say(terminal, $"{mismatch.Message}; that is {string.Join(' ', mismatch.Suggestion.Select(rule => $"--rename '{rule}'"))}");
            case EspalierException or IOException or UnauthorizedAccessException:
                return Say(terminal, error.Message);
            case AggregateException several when several.Flatten().InnerExceptions.OfType<OutOfMemoryException>().FirstOrDefault() is { } memory:
                return Report(memory, terminal);
            case TypeInitializationException { InnerException: OutOfMemoryException memory }:
                return Report(memory, terminal);
            case OutOfMemoryException:
                return Say(terminal, $"not enough memory{(error is InsufficientMemoryException ? $": {error.Message}" : "")}; a smaller --batch or --input needs less");
            default:
                terminal.Error.WriteLine($"espalier: internal error, please report it: {error}");
                return ExitCode.InternalError;
        }
    }

    private static int Say(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"espalier: {OneLine(LibraryWords.Translate(message))}");
        return ExitCode.UserError;
    }

    private static string OneLine(string text) => Visible.Text(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
