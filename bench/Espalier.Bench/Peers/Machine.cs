using System.Globalization;
using System.Runtime.InteropServices;
using Espalier.Kernels;

namespace Espalier.Bench.Peers;

/// <summary>The machine that numbers were measured on, as far as it tells.</summary>
/// <param name="Processor">Its name, with family and model where there are such.</param>
/// <param name="Facts">Everything else: names and values.</param>
/// <param name="OthersShare">The share of the processors' time that other programs, or the host, took just before; NaN where it is not known.</param>
internal sealed record Machine(string Processor, IReadOnlyList<(string Name, string Value)> Facts, double OthersShare)
{
    // An idle system's housekeeping takes a few hundredths.
    private const double BusyShare = 0.1;

    /// <summary>Whether other programs run, so that times are not worth much.</summary>
    internal bool IsBusy => OthersShare > BusyShare;

    /// <summary>The processor as a part of a file's name: <c>amd-epyc-family-26-model-2</c>.</summary>
    internal string Slug => SlugOf(Processor);

    /// <summary>A name as a part of a file's name.</summary>
    internal static string SlugOf(string name) =>
        string.Join('-', string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The share of <see cref="OthersShare"/>, as reports have it.</summary>
    internal string Others => double.IsNaN(OthersShare) ? "not known" : OthersShare.ToString("P0", CultureInfo.InvariantCulture);

    internal static Machine Describe()
    {
        double others = ProcessorTime.ShareUsedByOthers();
        var machine = new Machine(ProcessorName(), [], others);
        return machine with
        {
            Facts = [
                ("processors", $"{Environment.ProcessorCount} visible{(IsVirtual() ? ", in a virtual machine" : "")}"),
                ("caches of the first", Caches()),
                ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F1} GiB")),
                ("operating system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
                ("frequency governor", Read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "not visible"),
                ("used by others just before", machine.Others),
                (".NET", RuntimeInformation.FrameworkDescription),
                ("vectors of Espalier", InstructionSet.Best.Name),
            ],
        };
    }

    private static string ProcessorName()
    {
        string name = CpuInfo("model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        return CpuInfo("cpu family") is { } family ? $"{name} (family {family}, model {CpuInfo("model")})" : name;
    }

    private static bool IsVirtual() => CpuInfo("flags")?.Split(' ').Contains("hypervisor") ?? false;

    private static string Caches()
    {
        const string Folder = "/sys/devices/system/cpu/cpu0/cache";
        string[] levels = Directory.Exists(Folder) ? [.. Directory.GetDirectories(Folder, "index*").Order()] : [];
        IEnumerable<string> texts = levels.Select(level => $"L{Read($"{level}/level")} {Read($"{level}/type")?.ToLowerInvariant()} {Read($"{level}/size")}");
        return levels.Length == 0 ? "not visible" : string.Join(", ", texts);
    }

    private static string? CpuInfo(string key) => Read("/proc/cpuinfo")?
        .Split('\n')
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .FirstOrDefault(pair => pair[0] == key)?[^1];

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
