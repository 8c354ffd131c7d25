using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Workers;

namespace Espalier.Bench.Conditions;

/// <summary>Two threads on two processors, while another process does nothing but spin on one of them.</summary>
internal sealed class BusyMachine(Setup setup, ReportArguments effort)
{
    private const string Network = "resnet50";
    private const int Threads = 2;

    internal string Measure()
    {
        ImmutableArray<int> processors = Affinity.For(Threads);
        int runs = effort.Runs(100);
        var text = new StringBuilder($"""
            ## A busy machine

            {Network}, batch 1, {Threads} threads on as many processors; then the same while another process spins on one of them. Milliseconds: the median of {runs} runs and the 95th percentile.
            With half of one processor's time gone, 1.33 times as long would be perfect; 2 is what one thread alone would take.

            | | quiet | 95% | busy | 95% | busy / quiet |
            |---|---:|---:|---:|---:|---:|

            """);
        if (processors.IsEmpty)
        {
            return text.Append("\nNot measured: processes cannot be held to two processors here.\n").ToString();
        }

        ExportedModel model = setup.Export(Network, 0, 0, [1]);
        foreach (Contestant contestant in new[] { setup.PublishEspalier(), Contestant.Peer("onnxruntime", setup) })
        {
            using var worker = new WorkerProcess(contestant, processors);
            worker.Load(model, Threads, 1);
            worker.Run(1, effort.Runs(40));
            double[] quiet = worker.Run(1, runs);
            using Process spinner = Spin(processors[^1]);
            double[] busy;
            try
            {
                worker.Run(1, 1);
                busy = worker.Run(1, runs);
            }
            finally
            {
                spinner.Kill();
            }

            double ratio = Statistics.Of(busy).Median / Statistics.Of(quiet).Median;
            text.Append(CultureInfo.InvariantCulture, $"| {contestant.Name} | {Describe(quiet)} | {Describe(busy)} | **{ratio:F2}** |\n");
        }

        return text.ToString();
    }

    private static string Describe(double[] times) => string.Create(
        CultureInfo.InvariantCulture, $"{Statistics.Of(times).Median:F2} | {times.Order().ElementAt(times.Length * 95 / 100):F2}");

    private static Process Spin(int processor)
    {
        Contestant self = Contestant.Espalier();
        (string program, ImmutableArray<string> arguments) = Affinity.Pin(self with { Arguments = [.. self.Arguments[..^1], "spin"] }, [processor]);
        return ChildProcess.Start(new ProcessStartInfo(program, arguments));
    }
}
