using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>The conditions under which kernels were timed, besides the network. Timings are valid only for an equal fingerprint.</summary>
/// <param name="Processor">The processor's name, with family and model where available.</param>
/// <param name="Caches">The sizes of the first processor's caches, as the operating system reports them.</param>
/// <param name="InstructionSet">The vector instructions.</param>
/// <param name="Threads">Number of threads.</param>
/// <param name="Batch">Number of samples per run.</param>
/// <param name="Library">The version of the library.</param>
public sealed record TuningFingerprint(string Processor, string Caches, string InstructionSet, int Threads, int Batch, string Library)
{
    /// <summary>The fingerprint of this machine.</summary>
    /// <param name="options">The options of the predictor.</param>
    /// <param name="batch">Number of samples per run.</param>
    public static TuningFingerprint Of(PredictorOptions options, int batch) => new(
        ProcessorName(),
        CacheSizes(),
        (options.InstructionSet ?? Kernels.InstructionSet.Best).Name,
        options.ThreadCount,
        batch,
        typeof(ConvolutionKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    /// <summary>The first difference from <paramref name="expected"/> as text, or <see langword="null"/> if they are equal.</summary>
    internal string? DifferenceFrom(TuningFingerprint expected)
    {
        (string What, string Here, string There)[] parts =
        [
            ("processor", Processor, expected.Processor),
            ("caches", Caches, expected.Caches),
            ("instruction set", InstructionSet, expected.InstructionSet),
            ("threads", Number(Threads), Number(expected.Threads)),
            ("batch", Number(Batch), Number(expected.Batch)),
            ("library version", Library, expected.Library),
        ];
        (string What, string Here, string There) first = parts.FirstOrDefault(part => part.Here != part.There);
        return first.What is null ? null : $"{first.What} '{first.Here}' instead of '{first.There}'";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string ProcessorName()
    {
        string[] names = ["model name", "cpu family", "model", "stepping"];
        string[] lines = Read("/proc/cpuinfo").Split('\n');
        string[] found = [.. names.Select(name => Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..].TrimStart().StartsWith(':')))
            .OfType<string>().Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())];
        return found.Length > 0 ? string.Join('/', found)
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string CacheSizes() =>
        string.Join(' ', Enumerable.Range(0, 5).Select(i => Read($"/sys/devices/system/cpu/cpu0/cache/index{i}/size").Trim()).Where(size => size.Length > 0));

    private static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
