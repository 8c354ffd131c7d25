namespace Espalier.Cli.Output;

/// <summary>Where a verb prints: results on <see cref="Out"/>, everything else on <see cref="Error"/>.</summary>
/// <param name="Out">Standard output, or what stands for it in a test.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Wider than any table: what goes into a pipe or a file is never wrapped.</summary>
    private const int Unlimited = 10_000;

    /// <summary>Columns of standard output, where a person looks at it.</summary>
    internal int Width { get; init; } = Unlimited;

    /// <summary>Whether standard error can show a bar that moves.</summary>
    internal bool Animates { get; init; }

    /// <summary>Whether a person looks at standard output, rather than a pipe or a file taking it.</summary>
    internal bool Seen => Width != Unlimited;

    /// <summary>The terminal of this process. Nothing moves or is wrapped in a pipe, nor moves where <c>NO_COLOR</c> (no-color.org) is set.</summary>
    internal static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = System.Text.Encoding.UTF8; // tables have lines, labels have accents
        }

        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        bool seen = !Console.IsOutputRedirected;
        // Buffered, so that a long table is a few writes; CliApp flushes.
        var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 14) { AutoFlush = false };
        return new Terminal(output, Console.Error)
        {
            Width = seen && Console.WindowWidth > 0 ? Console.WindowWidth : Unlimited,
            Animates = !Console.IsErrorRedirected && !plain,
        };
    }

    /// <summary>Shows the cursor again, should a bar that moves have been cut short.</summary>
    internal void Restore()
    {
        if (Animates)
        {
            Error.Write("\e[?25h"); // DECTCEM: cursor visible
        }
    }

    /// <summary>A line for the person, not for the pipe.</summary>
    internal void Note(string text) => Error.WriteLine($"note: {text}");

    /// <summary>A line about an answer that is likely not to mean what one hopes.</summary>
    internal void Warn(string text) => Error.WriteLine($"warning: {text}");
}
