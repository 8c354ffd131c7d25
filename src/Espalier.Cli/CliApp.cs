using Espalier.ImageSharp;

namespace Espalier.Cli;

/// <summary>The entry point: maps command-line arguments to an exit code. Tests call it without starting a process.</summary>
internal static class CliApp
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">The terminal to print to.</param>
    /// <param name="cancellation">Cancels the run, which then returns <see cref="ExitCode.Interrupted"/>.</param>
    internal static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation = default) =>
        Run(args, new CliContext(terminal, cancellation));

    /// <summary>Runs one command line and returns its exit code.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="context">The terminal and the cancellation token.</param>
    internal static int Run(IReadOnlyList<string> args, CliContext context)
    {
        RootCommand? root = null;
        try
        {
            OtherImageFormats.Register();
            root = Root.For(context, args);
            int code = Invoke(root, args, context);
            context.Terminal.Out.Flush(); // can fail, for example on a full disk
            return code;
        }
#pragma warning disable CA1031 // the outermost frame: every remaining exception is reported by one line and an exit code
        catch (Exception error)
#pragma warning restore CA1031
        {
            Command? command = root is { Subcommands: [Command verb] } ? verb : null;
            return context.Failed?.Invoke(error, command) ?? Failure.Report(error, context.Terminal, command);
        }
    }

    private static int Invoke(RootCommand root, IReadOnlyList<string> args, CliContext context)
    {
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            throw new EspalierException(ParseFailure.Describe(parsed));
        }

        MistakenOption.RequireNone(parsed, args);
        ParseFailure.RequireNoEmptyText(parsed);
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = context.Terminal.Out,
                Error = context.Terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // ConsoleHost handles signals
            });
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
