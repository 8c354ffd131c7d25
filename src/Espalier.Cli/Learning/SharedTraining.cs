using System.Text;
using Espalier.Distributed;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>Runs a verb in the processes that mpiexec has started: the first one prints and writes files, and if one fails, all end with its error.</summary>
internal static class SharedTraining
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500); // so that the first process reports what all of them found

    private static readonly TimeSpan s_flush = TimeSpan.FromMilliseconds(200); // mpiexec forwards the line, and then ends all

    private static readonly string[] s_verbs = ["train", "finetune"]; // the others answer in each process by itself

    internal static int Run(string[] args, CliContext context)
    {
        if (args.Length == 0 || !s_verbs.Contains(args[0]) || args.Any(arg => arg is "--help" or "-h" or "-?") || !MpiProcesses.IsStarted)
        {
            return CliApp.Run(args, context);
        }

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
            Terminal terminal = processes.Rank == 0 ? context.Terminal : new Terminal(TextWriter.Null, TextWriter.Null);
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
            return ExitCode.Interrupted; // all stopped after the same step, whichever of them was asked to
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
