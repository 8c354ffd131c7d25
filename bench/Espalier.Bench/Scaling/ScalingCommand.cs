using System.Diagnostics;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Scaling;

/// <summary>Training steps by several processes on this machine, what parts cost, and what more machines would take by a simple model.</summary>
internal static class ScalingCommand
{
    private const int Steps = 12;

    // A network as clusters have it: what the model of other machines assumes.
    private static readonly (string Name, double LatencyMicroseconds, double GigabytesPerSecond)[] s_links = [("10 Gbit/s Ethernet", 30, 1.1), ("100 Gbit/s InfiniBand", 2, 11)];

    private static readonly (string Network, int Batch)[] s_trainings = [("resnet18", 32), ("cifar_resnet20", 128)];

    internal static int Run(string[] arguments)
    {
        if (ReportArguments.Parse(arguments) is not ReportArguments options)
        {
            Console.Error.WriteLine($"usage: Espalier.Bench scaling {ReportArguments.Usage}");
            return 2;
        }

        try
        {
            Machine machine = Machine.Describe();
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
                # Several processes: {machine.Processor}

                Written by `dotnet run -c Release --project bench/Espalier.Bench -- scaling {string.Join(' ', arguments)}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {machine.Others} of the processors' time used by others. MPICH by shared memory; all processes are on this one machine.

                Milliseconds for a training step (forward, backward, exchange, SGD), median of {options.Runs(Steps)} after 3; images are noise that costs nothing to read. *Exchange* is the time of a sum of all gradients over the processes by itself; within a step it runs beside the backward pass.

                """));
            foreach ((string network, int batch) in s_trainings)
            {
                text.Append(Section(network, batch, options.Runs(Steps)));
            }

            string file = options.Output ?? Path.Combine("docs", "results", "scaling.md");
            File.WriteAllText(file, text.ToString());
            Console.WriteLine($"report: {Path.GetFullPath(file)}");
            return 0;
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }

    private static string Section(string network, int batch, int steps)
    {
        int processors = Environment.ProcessorCount;
        var rows = new List<(string What, Result Result)>
        {
            ($"1 process x {processors} threads, whole batches", Measure(1, network, batch, 0, false, processors, steps)),
            ($"{processors} processes x 1 thread", Measure(processors, network, batch, 0, false, 1, steps)),
            ($"{processors} processes x 1 thread, synchronized norms", Measure(processors, network, batch, 0, true, 1, steps)),
            ($"1 process x {processors} threads, 8 parts", Measure(1, network, batch, 8, false, processors, steps)),
            ($"1 process x {processors} threads, 8 parts, synchronized norms", Measure(1, network, batch, 8, true, processors, steps)),
            ($"{processors} processes x 1 thread, 8 parts, synchronized norms", Measure(processors, network, batch, 8, true, 1, steps)),
        };
        Result one = Measure(1, network, batch / processors, 0, false, 1, steps);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""

            ## {network}, batches of {batch}

            | | ms | to whole batches | exchange ms |
            | --- | ---: | ---: | ---: |

            """));
        foreach ((string what, Result result) in rows)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {result.Step:F1} | {result.Step / rows[0].Result.Step:F2} | {(result.Exchange == 0 ? "–" : $"{result.Exchange:F1}")} |"));
        }

        text.Append(Model(network, batch / processors, one.Step));
        return text.ToString();
    }

    /// <summary>The step on n machines of one such core each, with as many images on each: the measured step, and an exchange that is hidden behind the backward pass as far as that is long.</summary>
    private static string Model(string network, int images, double step)
    {
        const double Backward = 2.0 / 3; // of a step
        double bytes = sizeof(float) * (double)Models.Zoo.Create(network).Graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count);
        int[] counts = [2, 4, 8, 16, 64];
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""

            On paper: n machines of one such core, {images} images on each ({step:F1} ms alone), {bytes / 1e6:F1} MB of gradients. The sum takes 2·log₂ n messages and sends 2·(n − 1)/n of the gradients; it is hidden behind the backward pass, two thirds of a step, but for the last bucket of 4 MB. Share of n times the speed of one:

            | | {string.Join(" | ", counts.Select(count => $"n = {count}"))} |
            | --- |{string.Concat(counts.Select(_ => " ---: |"))}

            """));
        foreach ((string name, double latency, double bandwidth) in s_links)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} |");
            foreach (int count in counts)
            {
                double Sum(double length) => (2 * Math.Log2(count) * latency / 1e3) + (2 * (count - 1.0) / count * length / (bandwidth * 1e6));
                double buckets = Math.Ceiling(bytes / 4e6), all = buckets * Sum(bytes / buckets), shown = Math.Max(Sum(Math.Min(bytes, 4e6)), all - (Backward * step));
                text.Append(CultureInfo.InvariantCulture, $" {step / (step + shown):P0} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static Result Measure(int processes, string network, int batch, int parts, bool synchronizes, int threads, int steps)
    {
        string[] command = [.. ChildProcess.ThisProgram, "scaling-worker", network, Text(batch), Text(parts), synchronizes ? "sync" : "parts", Text(threads), Text(steps)];
        ProcessStartInfo start = processes == 1 ? new(command[0], command[1..]) : new("mpiexec", ["-n", Text(processes), .. command]);
        start.RedirectStandardOutput = true;
        using Process process = ChildProcess.Start(start);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] words = output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (process.ExitCode != 0 || words.Length < 2)
        {
            throw new EspalierException($"{network} by {processes} processes ended with {process.ExitCode}: {output}");
        }

        Console.Error.WriteLine($"{network}, batch {batch}: {processes} x {threads}, {parts} parts{(synchronizes ? ", synchronized" : "")}: {words[0]} ms");
        return new Result(double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Result(double Step, double Exchange);
}
