using System.Runtime.InteropServices;

namespace Espalier.Cli;

/// <summary>What the process says to the shell.</summary>
internal static class ExitCode
{
    /// <summary>The command succeeded.</summary>
    internal const int Success = 0;

    /// <summary>A bug in this program.</summary>
    internal const int InternalError = 1;

    /// <summary>The command line, a file or the network is at fault; one line on stderr says how.</summary>
    internal const int UserError = 2;

    /// <summary>Everything was done, but the result is not as fast as was asked for, or slower than what it came from.</summary>
    internal const int NotFaster = 3;

    /// <summary>Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    internal const int Interrupted = 130;

    /// <summary>A polite kill: 128 + SIGTERM.</summary>
    internal const int Terminated = 143;

    private const int HungUp = 129; // 128 + SIGHUP: the terminal was closed
    private const int Quit = 131; // 128 + SIGQUIT: Ctrl-\

    /// <summary>The code of a process that a signal has ended.</summary>
    internal static int Of(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => HungUp,
        PosixSignal.SIGQUIT => Quit,
        PosixSignal.SIGTERM => Terminated,
        _ => Interrupted,
    };
}
