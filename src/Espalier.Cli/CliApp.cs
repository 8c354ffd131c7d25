using Espalier.ImageSharp;

namespace Espalier.Cli;

/// <summary>The whole program as a function from arguments to an exit code, so that tests need no process.</summary>
internal static class CliApp
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where to print.</param>
    /// <param name="cancellation">Ends the run with <see cref="ExitCode.Interrupted"/>.</param>
    internal static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation = default) =>
        Run(args, new CliContext(terminal, cancellation));

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="context">Where to print, and when to stop.</param>
    internal static int Run(IReadOnlyList<string> args, CliContext context)
    {
        try
        {
            int code = Invoke(args, context);
            context.Terminal.Out.Flush(); // which may fail, as on a full disk
            return code;
        }
#pragma warning disable CA1031 // the outermost frame: whatever is left becomes a line and an exit code
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failure.Report(error, context.Terminal);
        }
    }

    private static int Invoke(IReadOnlyList<string> args, CliContext context)
    {
        OtherImageFormats.Register();
        RootCommand root = Root.Create(context);
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            throw new EspalierException(ParseFailure.Describe(parsed));
        }

        MistakenOption.RequireNone(parsed, args);
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = context.Terminal.Out,
                Error = context.Terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // ConsoleHost sees to signals
            });
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
