using System.Text;

namespace Espalier.Cli;

/// <summary>Where a verb prints: results on <see cref="Out"/>, everything else on <see cref="Error"/>.</summary>
/// <param name="Out">Standard output, or what stands for it in a test.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Wider than any table: what goes into a pipe or a file is never wrapped.</summary>
    private const int Unlimited = 10_000;

    private const string ShowsCursor = "\e[?25h"; // DECTCEM
    private const string HidesCursor = "\e[?25l";
    private const string UsualKeys = "\e[?1l\e>"; // DECCKM and DECKPNM

    /// <summary>The screen that a person looks at, or <see langword="null"/> where pipes or files take both streams.</summary>
    internal Screen? Screen { get; init; }

    /// <summary>Columns of standard output, where a person looks at it.</summary>
    internal int Width => Out is ScreenWriter && Screen is { Columns: > 0 and int columns } ? columns : Unlimited;

    /// <summary>Whether standard error can show a bar that moves.</summary>
    internal bool Animates { get; init; }

    /// <summary>Whether the terminal knows no control sequences.</summary>
    internal bool IsDumb { get; init; }

    /// <summary>The terminal of this process. Nothing moves or is wrapped in a pipe, nor moves where <c>NO_COLOR</c> (no-color.org) is set.</summary>
    internal static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8; // tables have lines, labels have accents
        }

        Stream? output = StandardDescriptors.IsOpen(StandardDescriptors.Output) ? Console.OpenStandardOutput() : null;
        Stream? error = StandardDescriptors.IsOpen(StandardDescriptors.Error) ? Console.OpenStandardError() : null;
        StandardDescriptors.Occupy();
        // Buffered, so that a long table is a few writes; CliApp flushes.
        TextWriter results = new StreamWriter(new StandardStream(output, reason => throw new EspalierException($"standard output cannot be written: {reason}")), bufferSize: 1 << 14);
        TextWriter messages = new StreamWriter(new StandardStream(error, _ => { }), bufferSize: 1 << 13) { AutoFlush = true }; // a bar is drawn in one write // a message that nobody can read is no reason to lose an answer
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

    /// <summary>Takes a bar that moves off the screen and shows the cursor again, for an end in the middle of the work: nothing is drawn afterwards.</summary>
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

    /// <summary>Takes back what the runtime does to a terminal when it asks for its width: keys that send the sequences of applications.</summary>
    internal void End()
    {
        if (Screen is not null && !IsDumb && !OperatingSystem.IsWindows())
        {
            TextWriter seen = ScreenWriter.Unwrapped(Error is ScreenWriter ? Error : Out);
            seen.Write(UsualKeys);
            seen.Flush();
        }
    }

    /// <summary>Shows or hides the cursor, where a bar may have hidden it.</summary>
    internal void ShowCursor(bool isShown)
    {
        if (Animates)
        {
            ScreenWriter.Unwrapped(Error).Write(isShown ? ShowsCursor : HidesCursor);
        }
    }

    /// <summary>A line for the person, not for the pipe.</summary>
    internal void Note(string text) => Error.WriteLine($"note: {Visible.Text(text)}");

    /// <summary>The same with a command line below it, whole, so that it can be copied.</summary>
    internal void Note(string text, string command)
    {
        Note(text);
        ScreenWriter.Unwrapped(Error).WriteLine($"  {command}");
    }

    /// <summary>A line about an answer that is likely not to mean what one hopes.</summary>
    internal void Warn(string text) => Error.WriteLine($"warning: {Visible.Text(LibraryWords.Translate(text))}");
}
