using System.Runtime.InteropServices;
using Espalier.Kernels;

namespace Espalier.Cli;

/// <summary>Runs the program in a real process, with its terminal and its signals.</summary>
internal static class ConsoleHost
{
    /// <summary>Ctrl-C, Ctrl-\, a polite kill, and a terminal that is closed: all of them let work be saved.</summary>
    private static readonly PosixSignal[] Stopping = [PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    internal static int Run(string[] args)
    {
        Terminal terminal = Terminal.OfProcess();
        var interruption = new Interruption();
        using var cancellation = new CancellationTokenSource();
        int interruptedBy = ExitCode.Interrupted;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // end by returning from Run, not here: then files are cleaned up and the terminal is restored
            interruptedBy = ExitCode.Of(signal.Signal);
            if (cancellation.IsCancellationRequested)
            {
                Leave(); // asked twice: the person does not want to wait
            }

            cancellation.Cancel();
            _ = Task.Delay(interruption.Patience, CancellationToken.None).ContinueWith(_ => Leave(), TaskScheduler.Default);
        }

        void Leave()
        {
            terminal.Restore();
            Environment.Exit(interruptedBy);
        }

        PosixSignalRegistration[] registrations =
        [
            .. Stopping.Select(signal => PosixSignalRegistration.Create(signal, Stop)),
            .. Pausing(terminal),
        ];
        if (InstructionSet.Advice is { } advice)
        {
            terminal.Note(advice);
        }

        int code = CliApp.Run(args, new CliContext(terminal, cancellation.Token) { Interruption = interruption });
        terminal.End();
        Array.ForEach(registrations, registration => registration.Dispose());
        return code == ExitCode.Interrupted ? interruptedBy : code;
    }

    /// <summary>While the process is stopped by Ctrl-Z, the shell needs the cursor that a bar hides.</summary>
    private static PosixSignalRegistration[] Pausing(Terminal terminal) => OperatingSystem.IsWindows()
        ? []
        :
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => terminal.ShowCursor(true)),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => terminal.ShowCursor(terminal.Screen?.Bar is null)),
        ];
}
