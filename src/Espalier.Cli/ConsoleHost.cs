using System.Runtime.InteropServices;
using Espalier.Cli.Output;

namespace Espalier.Cli;

/// <summary>Runs the program in a real process, with its terminal and its signals.</summary>
internal static class ConsoleHost
{
    internal static int Run(string[] args)
    {
        Terminal terminal = Terminal.OfProcess();
        var interruption = new Interruption();
        using var cancellation = new CancellationTokenSource();
        int interruptedBy = ExitCode.Interrupted;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // end by returning from Run, not here: then files are cleaned up and the terminal is restored
            interruptedBy = signal.Signal == PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Interrupted;
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

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        int code = CliApp.Run(args, new CliContext(terminal, cancellation.Token) { Interruption = interruption });
        return code == ExitCode.Interrupted ? interruptedBy : code;
    }
}
