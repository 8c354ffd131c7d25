using System.Collections.Immutable;
using System.Text.Json;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Reads and writes timed kernels as JSON.</summary>
internal static class TuningFile
{
    private const int MostBytes = 1 << 22; // a network has about a hundred convolutions, one line each

    internal static void Write(string path, TunedKernels kernels) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        TuningFingerprint fingerprint = kernels.Fingerprint;
        json.WriteStartObject();
        json.WriteString("processor", fingerprint.Processor);
        json.WriteString("caches", fingerprint.Caches);
        json.WriteString("instruction_set", fingerprint.InstructionSet);
        json.WriteNumber("threads", fingerprint.Threads);
        json.WriteNumber("batch", fingerprint.Batch);
        json.WriteString("library", fingerprint.Library);
        json.WriteStartObject("kernels");
        foreach ((string problem, string kernel) in kernels.Choices)
        {
            json.WriteString(problem, kernel);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Reads a file; returns <see langword="null"/> and the reason where it is missing or damaged.</summary>
    internal static TunedKernels? Read(string path, out string? reason)
    {
        reason = null;
        try
        {
            if (!File.Exists(path))
            {
                reason = $"{path} does not exist";
                return null;
            }

            if (new FileInfo(path).Length > MostBytes)
            {
                reason = $"{path} is damaged: it has more than {MostBytes} bytes";
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            reason = $"{path} is damaged: {error.Message}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reason = $"{path} cannot be read: {error.Message}";
        }

        return null;
    }

    private static TunedKernels Parse(JsonElement root)
    {
        var fingerprint = new TuningFingerprint(
            Text(root, "processor"), Text(root, "caches"), Text(root, "instruction_set"), root.GetProperty("threads").GetInt32(), root.GetProperty("batch").GetInt32(), Text(root, "library"));
        var choices = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty choice in root.GetProperty("kernels").EnumerateObject())
        {
            string name = choice.Value.GetString() ?? "";
            choices[choice.Name] = ConvolutionKernel.All.Any(kernel => kernel.Name == name) ? name : throw new FormatException($"there is no kernel '{name}'");
        }

        return new TunedKernels(fingerprint, choices.ToImmutable());
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");
}
