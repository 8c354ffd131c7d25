using System.Collections.Immutable;
using System.Globalization;

namespace Espalier.Bench.Workers;

/// <summary>Which processors a worker may use: the same ones for every contestant, as many as it has threads.</summary>
internal static class Affinity
{
    private const string AllowedLine = "Cpus_allowed_list:";

    /// <summary>The processors, or none where the operating system does not let us choose (only Linux with <c>taskset</c> does).</summary>
    /// <remarks>The last ones: interrupts and other people's programs tend to sit on the first.</remarks>
    internal static ImmutableArray<int> For(int threads)
    {
        ImmutableArray<int> allowed = Allowed();
        return threads <= allowed.Length ? allowed[^threads..] : [];
    }

    /// <summary>The program and its arguments, held to these processors from its very start.</summary>
    internal static (string Program, ImmutableArray<string> Arguments) Pin(Contestant contestant, ImmutableArray<int> processors) => processors.IsEmpty
        ? (contestant.Program, contestant.Arguments)
        : ("taskset", ["-c", string.Join(',', processors), contestant.Program, .. contestant.Arguments]);

    /// <summary>Reads a list such as <c>0-3,8</c>.</summary>
    internal static ImmutableArray<int> Parse(string list) => [.. list.Split(',').SelectMany(range =>
    {
        int[] ends = [.. range.Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    })];

    private static ImmutableArray<int> Allowed()
    {
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        if (!OperatingSystem.IsLinux() || !path.Any(folder => File.Exists(Path.Combine(folder, "taskset"))))
        {
            return [];
        }

        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(AllowedLine, StringComparison.Ordinal));
        return Parse(line[AllowedLine.Length..].Trim());
    }
}
