using System.Text;

namespace Espalier.Cli;

/// <summary>The output of a verb: results are written to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
/// <param name="Out">Standard output, or its replacement in a test.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Wider than any table: output to a pipe or a file is never wrapped.</summary>
    private const int Unlimited = 10_000;

    private const string ShowsCursor = "\e[?25h"; // DECTCEM
    private const string HidesCursor = "\e[?25l";
    private const string UsualKeys = "\e[?1l\e>"; // DECCKM and DECKPNM

    /// <summary>The interactive terminal, or <see langword="null"/> if both streams are redirected.</summary>
    internal Screen? Screen { get; init; }

    /// <summary>The width of standard output in columns; practically unlimited if it is not a terminal.</summary>
    internal int Width => Out is ScreenWriter && Screen is { Columns: > 0 and int columns } ? columns : Unlimited;

    /// <summary>Whether standard error can show a progress bar.</summary>
    internal bool Animates { get; init; }

    /// <summary>Whether the terminal supports no control sequences.</summary>
    internal bool IsDumb { get; init; }

    /// <summary>The terminal of this process. In a pipe nothing is animated or wrapped; with <c>NO_COLOR</c> (no-color.org) nothing is animated.</summary>
    internal static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8; // tables have box-drawing characters, labels may have accents
        }

        Stream? output = StandardDescriptors.IsOpen(StandardDescriptors.Output) ? Console.OpenStandardOutput() : null;
        Stream? error = StandardDescriptors.IsOpen(StandardDescriptors.Error) ? Console.OpenStandardError() : null;
        StandardDescriptors.Occupy();
        // Buffered, so that a long table takes few writes; CliApp flushes.
        TextWriter results = new StreamWriter(new StandardStream(output, reason => throw new EspalierException($"standard output cannot be written: {reason}")), bufferSize: 1 << 14);
        TextWriter messages = new StreamWriter(new StandardStream(error, _ => { }), bufferSize: 1 << 13) { AutoFlush = true }; // buffered to draw a bar in one write; a message that cannot be written is not an error
        bool isDumb = !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || isDumb;
        bool isOutputSeen = output is not null && !Console.IsOutputRedirected;
        bool isErrorSeen = error is not null && !Console.IsErrorRedirected;
        Screen? screen = isOutputSeen || isErrorSeen ? new Screen(Screen.ColumnsOfProcess) : null;
        return new Terminal(isOutputSeen ? new ScreenWriter(results, screen!) : results, isErrorSeen ? new ScreenWriter(messages, screen!) : TextWriter.Synchronized(messages))
        {
            Screen = screen,
            Animates = isErrorSeen && !plain,
            IsDumb = isDumb,
        };
    }

    /// <summary>Erases the progress bar and shows the cursor, before the process ends in the middle of its work: nothing is drawn afterwards.</summary>
    internal void Restore()
    {
        if (Animates && ScreenWriter.Unwrapped(Error) is StreamWriter messages)
        {
            const string Line = "\r\e[2K"; // EL: erase the line
            const string Above = "\e[1A\e[2K"; // CUU: one line up
            messages.BaseStream.Close();
            using Stream error = Console.OpenStandardError();
            error.Write(Encoding.ASCII.GetBytes($"{Line}{(Screen?.Bar is null ? "" : Above + Above)}{ShowsCursor}{UsualKeys}")); // a bar has an empty line above and below
        }
    }

    /// <summary>Resets the keypad mode, which the runtime changes when it reads the terminal's width.</summary>
    internal void End()
    {
        if (Screen is not null && !IsDumb && !OperatingSystem.IsWindows())
        {
            TextWriter seen = ScreenWriter.Unwrapped(Error is ScreenWriter ? Error : Out);
            seen.Write(UsualKeys);
            seen.Flush();
        }
    }

    /// <summary>Shows or hides the cursor, if standard error can show a progress bar.</summary>
    internal void ShowCursor(bool isShown)
    {
        if (Animates)
        {
            ScreenWriter.Unwrapped(Error).Write(isShown ? ShowsCursor : HidesCursor);
        }
    }

    /// <summary>Prints a note on standard error.</summary>
    internal void Note(string text) => Error.WriteLine($"note: {Visible.Text(text)}");

    /// <summary>Prints a note followed by a command line, which is not wrapped so that it can be copied.</summary>
    internal void Note(string text, string command)
    {
        Note(text);
        ScreenWriter.Unwrapped(Error).WriteLine($"  {command}");
    }

    /// <summary>Prints a warning about a result that may be misleading, on standard error.</summary>
    internal void Warn(string text) => Error.WriteLine($"warning: {Visible.Text(LibraryWords.Translate(text))}");
}
