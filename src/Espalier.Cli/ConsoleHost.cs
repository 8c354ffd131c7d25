using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Espalier.Kernels;

namespace Espalier.Cli;

/// <summary>Runs the program in its process: connects the terminal and handles signals.</summary>
internal static class ConsoleHost
{
    /// <summary>The signals of Ctrl-C, Ctrl-\, <c>kill</c> and a closed terminal; after each of them the verb can save its work.</summary>
    private static readonly PosixSignal[] Stopping = [PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    internal static int Run(string[] args)
    {
        Terminal terminal = Terminal.OfProcess();
        var interruption = new Interruption();
        using var cancellation = new CancellationTokenSource();
        int interruptedBy = ExitCode.Interrupted;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // the process ends when Run returns, after files are cleaned up and the terminal is restored
            interruptedBy = ExitCode.Of(signal.Signal);
            if (cancellation.IsCancellationRequested)
            {
                Leave(); // a second signal ends the process at once
            }

            cancellation.Cancel();
            _ = Task.Delay(interruption.Patience, CancellationToken.None).ContinueWith(_ => Leave(), TaskScheduler.Default);
        }

        void Leave()
        {
            terminal.Restore();
            AtomicFile.DiscardUnfinished();
            Environment.Exit(interruptedBy);
        }

        PosixSignalRegistration[] registrations =
        [
            .. Stopping.Select(signal => PosixSignalRegistration.Create(signal, Stop)),
            .. Pausing(terminal),
        ];
        // Code that is compiled at run time uses the vectors that there are: nothing to look up.
        if (!RuntimeFeature.IsDynamicCodeCompiled && InstructionSet.Advice is { } advice)
        {
            terminal.Note(advice);
        }

        var context = new CliContext(terminal, cancellation.Token) { Interruption = interruption };
#if NO_DISTRIBUTED
        int code = CliApp.Run(args, context);
#else
        int code = SharedVerbs.Run(args, context);
#endif
        terminal.End();
        Array.ForEach(registrations, registration => registration.Dispose());
        return code == ExitCode.Interrupted ? interruptedBy : code;
    }

    /// <summary>Shows the cursor, which a progress bar hides, while the process is suspended by Ctrl-Z.</summary>
    private static PosixSignalRegistration[] Pausing(Terminal terminal) => OperatingSystem.IsWindows()
        ? []
        :
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => terminal.ShowCursor(true)),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => terminal.ShowCursor(terminal.Screen?.Bar is null)),
        ];
}
