using Spectre.Console;

namespace Espalier.Cli;

/// <summary>A progress bar on standard error; not shown if standard error is not a terminal.</summary>
internal sealed class ProgressBar
{
    private const int Widest = 40;
    private const int Narrowest = 10;
    private const int Narrow = 100; // terminal columns below which the bar is narrow
    private const int Beside = 16; // columns of the percentage, the remaining time, and the blanks between
    private const int UsualColumns = 80; // if the system does not report them

    private readonly Screen _screen;
    private readonly ProgressTask _task;
    private readonly Action _fit; // adapts to the width of the terminal, which can change

    private ProgressBar(Screen screen, ProgressTask task, Action fit) => (_screen, _task, _fit) = (screen, task, fit);

    /// <summary>Runs <paramref name="work"/>, which reports the completed part of <paramref name="total"/>.</summary>
    /// <param name="terminal">The terminal that shows the bar.</param>
    /// <param name="title">The title of the bar.</param>
    /// <param name="total">The total amount of work, in any unit.</param>
    /// <param name="work">The work; its argument is the function to report progress with.</param>
    internal static void Run(Terminal terminal, string title, long total, Action<Action<long>> work) =>
        Run(terminal, title, total, [new RemainingTimeColumn()], bar => work(done => bar?.Report(done)));

    /// <summary>Runs <paramref name="work"/>, whose argument is the bar, or <see langword="null"/> if none is shown.</summary>
    internal static void Run(Terminal terminal, string title, long total, Action<ProgressBar?> work) => Run(terminal, title, total, [], work);

    private static void Run(Terminal terminal, string title, long total, ProgressColumn[] time, Action<ProgressBar?> work)
    {
        if (!terminal.Animates || terminal.Screen is not Screen screen)
        {
            work(null);
            return;
        }

        terminal.Out.Flush();
        IAnsiConsole console = Console(terminal.Error, screen);
        var column = new ProgressBarColumn { Width = BarWidth(screen) };
        try
        {
            console.Progress()
                .AutoClear(true)
                .Columns([new TaskDescriptionColumn { Alignment = Justify.Left }, column, new PercentageColumn(), .. time])
                .Start(progress =>
                {
                    ProgressTask task = progress.AddTask(Markup.Escape(Shorten(title, Room(screen))), maxValue: Math.Max(1, total));
                    screen.Bar = console;
                    work(new ProgressBar(screen, task, () => (column.Width, console.Profile.Width) = (BarWidth(screen), Columns(screen))));
                });
        }
        finally
        {
            screen.Bar = null;
        }
    }

    /// <summary>Reports the completed work and the total, if the total was not known before.</summary>
    internal void Report(long done, long total)
    {
        _task.MaxValue = Math.Max(1, total);
        Report(done);
    }

    /// <summary>Reports the completed work.</summary>
    internal void Report(long done)
    {
        _fit();
        _task.Value = done;
    }

    /// <summary>Sets the title to as many of the parts as fit, in their order.</summary>
    internal void Describe(params ReadOnlySpan<string> parts)
    {
        string text = "";
        foreach (string part in parts)
        {
            string longer = text.Length == 0 ? part : $"{text}  {part}";
            text = longer.Length <= Room(_screen) ? longer : text;
        }

        _task.Description = Markup.Escape(text.Length > 0 ? text : Shorten(parts[0], Room(_screen)));
    }

    private static int Columns(Screen screen) => screen.Columns > 0 ? screen.Columns : UsualColumns;

    private static int BarWidth(Screen screen) => Columns(screen) < Narrow ? Narrowest : Widest;

    private static int Room(Screen screen) => Math.Max(1, Columns(screen) - BarWidth(screen) - Beside);

    private static string Shorten(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";

    /// <summary>The Spectre console for standard error.</summary>
    private static IAnsiConsole Console(TextWriter error, Screen screen)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(ScreenWriter.Unwrapped(error)),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.Yes,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false }, // Terminal determines the capabilities
        });
        console.Profile.Width = Columns(screen);
        return console;
    }
}
