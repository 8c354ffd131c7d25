using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Native;

/// <summary>What compiling ahead of time gains and costs, for each level of vectors: time, start, memory and size beside the JIT compiler's.</summary>
internal static class NativeCommand
{
    private static readonly ImmutableArray<string> Networks = ["resnet18", "mobilenet_v2"];

    internal static int Run(string[] arguments)
    {
        if (ReportArguments.Parse(arguments) is not { } wanted)
        {
            Console.Error.WriteLine($"usage: native {ReportArguments.Usage}");
            return 2;
        }

        try
        {
            var setup = new Setup();
            ImmutableArray<NativeProgram> programs = NativeProgram.PublishAll(setup);
            Machine machine = Machine.Describe();
            var text = new StringBuilder(Heading(machine, arguments));
            foreach (string network in Networks)
            {
                ContestResult result = new Contest(setup.Export(network, 0, 0, [1]), 1, 1).Run([.. programs.Select(program => program.Contestant)], Effort(wanted));
                text.Append(Table(result, programs));
            }

            string path = Path.GetFullPath(wanted.Output ?? Path.Combine(setup.ResultsFolder, $"native-aot-{machine.Slug}.md"));
            File.WriteAllText(path, text.ToString());
            Console.WriteLine($"{text}\nreport: {path}");
            return 0;
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }

    private static Effort Effort(ReportArguments wanted) =>
        new(wanted.Runs(100), wanted.Runs(10), wanted.Time(TimeSpan.FromSeconds(1.5)), wanted.Time(TimeSpan.FromSeconds(30)));

    private static string Heading(Machine machine, string[] arguments)
    {
        string facts = string.Concat(machine.Facts.Select(fact => $"- {fact.Name}: {fact.Value}\n"));
        string warning = machine.IsBusy ? $"**Other programs were running ({machine.Others} of the processors' time): of the times only the fastest runs and their ratios say something.**\n\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Compiled ahead of time: {machine.Processor}

            Written by `dotnet run -c Release --project bench/Espalier.Bench -- {string.Join(' ', ["native", .. arguments])}` on {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC.

            {facts}
            {warning}Batch 1 on one thread, all on the same weights and input, in turns within one run, after their answers were found to agree. *Fastest* is the fastest run and *ratio* that of the JIT compiler over it; *start* is the time from the start of a process until it takes
            commands and *first answer* until it has loaded the network and run it once, the fastest of fresh processes; *memory* the most that they held, in the median; *size* all files that are published, without symbols and without .NET itself, which the first two need to be installed.

            """);
    }

    private static string Table(ContestResult result, ImmutableArray<NativeProgram> programs)
    {
        ContestantResult jit = result.Contestants[0];
        string rows = string.Concat(result.Contestants.Zip(programs, (contestant, program) => string.Create(
            CultureInfo.InvariantCulture,
            $"| {contestant.Name} | {contestant.Milliseconds.Median:F1} | {contestant.Milliseconds.Minimum:F1} | {jit.FastestRatioTo(contestant):F2} | {contestant.Starts.Min(start => start.ReadyMilliseconds):F0} | {contestant.Starts.Min(start => start.FirstPredictionMilliseconds):F0} | {contestant.PeakBytes / 1e6:F0} | {program.Bytes / 1e6:F1} |\n")));
        return $"""

            ## {result.Contest.Model.Name}

            | | ms, median | fastest | ratio | start, ms | first answer, ms | memory, MB | size, MB |
            |---|---:|---:|---:|---:|---:|---:|---:|
            {rows}
            """;
    }
}
