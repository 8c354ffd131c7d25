using Spectre.Console;

namespace Espalier.Cli.Output;

/// <summary>A bar on standard error that shows how far work is; nothing at all where nobody looks.</summary>
internal static class ProgressBar
{
    /// <summary>Runs <paramref name="work"/>, which reports how much of <paramref name="total"/> is done.</summary>
    /// <param name="terminal">Where the bar is.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="total">All of it, in any unit.</param>
    /// <param name="work">Is given the function to report with.</param>
    internal static void Run(Terminal terminal, string title, long total, Action<Action<long>> work)
    {
        if (!terminal.Animates)
        {
            work(_ => { });
            return;
        }

        Console(terminal).Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask task = progress.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                work(done => task.Value = done);
            });
    }

    /// <summary>Spectre's view of standard error.</summary>
    internal static IAnsiConsole Console(Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(terminal.Error),
        Ansi = AnsiSupport.Yes,
        ColorSystem = ColorSystemSupport.Standard,
        Interactive = InteractionSupport.Yes,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false }, // Terminal has decided already
    });
}
