using System.Runtime.InteropServices;

namespace Espalier.Cli;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    /// <summary>The command succeeded.</summary>
    internal const int Success = 0;

    /// <summary>A bug in this program.</summary>
    internal const int InternalError = 1;

    /// <summary>An error in the command line, a file or the network, described by one line on stderr.</summary>
    internal const int UserError = 2;

    /// <summary>Pruning to a latency succeeded, but the result does not reach --target-latency or is slower than the original.</summary>
    internal const int NotFaster = 3;

    /// <summary>Ctrl-C: 128 + SIGINT, as in shells.</summary>
    internal const int Interrupted = 130;

    /// <summary>Terminated by <c>kill</c>: 128 + SIGTERM.</summary>
    internal const int Terminated = 143;

    private const int HungUp = 129; // 128 + SIGHUP: the terminal was closed
    private const int Quit = 131; // 128 + SIGQUIT: Ctrl-\

    /// <summary>The exit code of a process that was ended by a signal.</summary>
    internal static int Of(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => HungUp,
        PosixSignal.SIGQUIT => Quit,
        PosixSignal.SIGTERM => Terminated,
        _ => Interrupted,
    };
}
