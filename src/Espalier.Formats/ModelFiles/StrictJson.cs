using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads JSON texts about networks: whatever is wrong with one ends in one kind of error.</summary>
internal static class StrictJson
{
    /// <summary>Reads a text that is one object.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What errors call the file.</param>
    /// <param name="path">What errors call the object.</param>
    /// <param name="limits">How deep it may nest.</param>
    /// <param name="read">Reads the object.</param>
    /// <exception cref="MalformedInputException">It is no JSON, or not what <paramref name="read"/> asks for.</exception>
    public static T Read<T>(string text, string source, string path, in Limits limits, Func<StrictObject, T> read)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = limits.Depth };
            using JsonDocument json = JsonDocument.Parse(text, options);
            return read(new StrictObject(json.RootElement, source, path));
        }
        catch (JsonException error)
        {
            throw new MalformedInputException(source, null, $"{path} is not the JSON it should be: {PickleText.Clean(error.Message)}");
        }
        catch (Exception error) when (error is GraphException or ArgumentException or ArithmeticException or InvalidOperationException)
        {
            // The graph checks itself; InvalidOperationException is JsonElement's for half a surrogate pair.
            throw new MalformedInputException(source, null, $"{path} describes no possible network: {PickleText.Clean(error.Message)}");
        }
    }
}
