using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Conditions;

/// <summary>How well it runs where conditions are not ideal: another process on one of its processors, many callers, denormal numbers.</summary>
internal static class ConditionsCommand
{
    internal static int Run(string[] arguments)
    {
        if (ReportArguments.Parse(arguments) is not { } wanted)
        {
            Console.Error.WriteLine($"usage: conditions {ReportArguments.Usage}");
            return 2;
        }

        try
        {
            var setup = new Setup();
            Machine machine = Machine.Describe();
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
                # Under less than ideal conditions: {machine.Processor}

                Written by `dotnet run -c Release --project bench/Espalier.Bench -- {string.Join(' ', ["conditions", .. arguments])}` on {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC.


                """));
            text.Append(machine.IsBusy ? $"**Other programs were running ({machine.Others} of the processors' time): these numbers are not to be relied on.**\n\n" : "");
            ImmutableArray<Func<string>> sections = [() => new BusyMachine(setup, wanted).Measure(), () => ManyCallers.Measure(wanted), () => DenormalNumbers.Measure(wanted)];
            foreach (Func<string> section in sections)
            {
                string part = section();
                Console.WriteLine(part);
                text.Append(part).Append('\n');
            }

            string path = Path.GetFullPath(wanted.Output ?? Path.Combine(setup.ResultsFolder, $"conditions-{machine.Slug}.md"));
            File.WriteAllText(path, text.ToString());
            Console.WriteLine($"report: {path}");
            return 0;
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }
}
