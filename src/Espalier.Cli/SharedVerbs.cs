using System.Text;
using Espalier.Distributed;

namespace Espalier.Cli;

/// <summary>Runs a verb in the processes that mpiexec has started: the first one prints and writes files, and if one fails, all end with its error.</summary>
internal static class SharedVerbs
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500); // so that the first process reports what all of them found

    private static readonly TimeSpan s_flush = TimeSpan.FromMilliseconds(200); // mpiexec forwards the line, and then ends all

    private static readonly string[] s_shared = ["train", "finetune", "evaluate", "classify", "quantize", "sensitivity"];

    internal static int Run(string[] args, CliContext context)
    {
        bool isVerb = args.Length > 0 && args[0] != "help" && Root.Names.Contains(args[0]) && !args.Any(arg => arg is "--help" or "-h" or "-?");
        if (!MpiProcesses.IsStarted || !isVerb)
        {
            return CliApp.Run(args, context);
        }

        return s_shared.Contains(args[0]) ? RunShared(args, context) : RunAlone(args, context);
    }

    private static int RunAlone(string[] args, CliContext context)
    {
        (int rank, int count) = MpiProcesses.Started;
        if (count == 1)
        {
            return CliApp.Run(args, context);
        }

        string verbs = $"{string.Join(", ", s_shared[..^1])} and {s_shared[^1]}";
        var error = new EspalierException(string.Create(CultureInfo.InvariantCulture, $"'{args[0]}' does not share its work, so each of the {count} processes would do all of it: run it without mpiexec ({verbs} share theirs)"));
        return Failure.Report(error, rank == 0 ? context.Terminal : Silent());
    }

    private static Terminal Silent() => new(TextWriter.Null, TextWriter.Null);

    private static int RunShared(string[] args, CliContext context)
    {
        MpiProcesses processes;
        try
        {
            processes = MpiProcesses.Join();
        }
        catch (EspalierException error)
        {
            return Failure.Report(error, context.Terminal);
        }

        using (processes)
        {
            Terminal terminal = processes.Rank == 0 ? context.Terminal : Silent();
            return CliApp.Run(args, context with
            {
                Terminal = terminal,
                Processes = processes,
                ProcessesOfMachine = OfMachine(processes.Count),
                Failed = (error, verb) => Fail(error, verb, processes, context.Terminal),
            });
        }
    }

    // As the process managers of MPICH and Intel MPI tell it; otherwise as if all ran on this machine.
    private static int OfMachine(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable("MPI_LOCALNRANKS"), CultureInfo.InvariantCulture, out int local) && local > 0 ? local : count;

    private static int Fail(Exception error, Command? verb, MpiProcesses processes, Terminal terminal)
    {
        if (error is OperationCanceledException)
        {
            return ExitCode.Interrupted; // all stopped after the same step or round, whichever of them was asked to
        }

        if (error is SharedFailureException && processes.Rank > 0)
        {
            return ExitCode.UserError; // the first process has the same
        }

        if (processes.Rank > 0)
        {
            Thread.Sleep(s_pause);
        }

        var message = new StringWriter(new StringBuilder(), CultureInfo.InvariantCulture);
        int code = Failure.Report(error, new Terminal(TextWriter.Null, message), verb);
        string text = message.ToString();
        terminal.Error.Write(processes.Rank == 0 ? text : text.Replace("espalier: ", $"espalier: process {processes.Rank} on {processes.Host}: ", StringComparison.Ordinal));
        terminal.Error.Flush();
        if (error is not SharedFailureException)
        {
            Thread.Sleep(s_flush);
            MpiProcesses.Abort(code);
        }

        return code;
    }
}
