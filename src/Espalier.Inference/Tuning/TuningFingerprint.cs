using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>All that timings depend on but the network: kernels that were timed under another fingerprint say nothing.</summary>
/// <param name="Processor">Its name, with family and model where there are such.</param>
/// <param name="Caches">The sizes of the first processor's caches, as the system tells them.</param>
/// <param name="InstructionSet">The vectors.</param>
/// <param name="Threads">Threads that shared a prediction.</param>
/// <param name="Batch">Samples of a run.</param>
/// <param name="Library">The version of the kernels.</param>
public sealed record TuningFingerprint(string Processor, string Caches, string InstructionSet, int Threads, int Batch, string Library)
{
    /// <summary>This machine's.</summary>
    /// <param name="options">How the predictor is to run.</param>
    /// <param name="batch">Samples of a run.</param>
    public static TuningFingerprint Of(PredictorOptions options, int batch) => new(
        ProcessorName(),
        CacheSizes(),
        (options.InstructionSet ?? Kernels.InstructionSet.Best).Name,
        options.ThreadCount,
        batch,
        typeof(ConvolutionKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    /// <summary>What differs from <paramref name="expected"/>, or <see langword="null"/>.</summary>
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
