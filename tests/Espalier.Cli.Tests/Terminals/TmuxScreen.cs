using System.Globalization;

namespace Espalier.Cli.Tests.Terminals;

/// <summary>A terminal of its own, of which one sees what a person would.</summary>
internal sealed class TmuxScreen : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static int s_sessions;

    private readonly string _server = string.Create(CultureInfo.InvariantCulture, $"espalier-{Environment.ProcessId}-{Interlocked.Increment(ref s_sessions)}");

    private TmuxScreen()
    {
    }

    /// <summary>Runs a command, and then tells its exit code on the screen.</summary>
    internal static async Task<TmuxScreen> Run(int columns, string command)
    {
        var screen = new TmuxScreen();
        string shell = $"trap : INT; {command}; echo code $?; sleep 600";
        await screen.Tmux(string.Create(CultureInfo.InvariantCulture, $"-f /dev/null new-session -d -x {columns} -y 40 {Shell.Quoted($"sh -c {Shell.Quoted(shell)}")}"));
        return screen;
    }

    /// <summary>Makes the window wider or narrower.</summary>
    internal Task Resize(int columns) => Tmux(string.Create(CultureInfo.InvariantCulture, $"resize-window -x {columns}"));

    /// <summary>The lines on the screen, as soon as something is there.</summary>
    internal async Task<string[]> Until(Func<string[], bool> there)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            string[] lines = (await Tmux("capture-pane -p")).TrimEnd().Split('\n');
            if (there(lines))
            {
                return lines;
            }

            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, string.Join('\n', lines));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Presses Ctrl-C, which writes the byte 3 to the terminal.</summary>
    internal Task Interrupt() => Tmux("send-keys C-c");

    /// <summary>Whether the cursor is shown.</summary>
    internal async Task<bool> ShowsCursor() => (await Tmux("display-message -p '#{cursor_flag}'")).Trim() == "1";

    public async ValueTask DisposeAsync() => await Tmux("kill-server");

    private async Task<string> Tmux(string arguments)
    {
        CliRun run = await Shell.Run($"LC_ALL=C.UTF-8 tmux -L {_server} {arguments}");
        Assert.True(run.Code == 0, run.Error);
        return run.Out;
    }
}
