using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads JSON texts about networks and turns every error in them into <see cref="MalformedInputException"/>.</summary>
internal static class StrictJson
{
    /// <summary>Reads a text that is one JSON object.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="source">The name that error messages use for the file.</param>
    /// <param name="path">The name that error messages use for the object.</param>
    /// <param name="limits">Limits, of which the nesting depth applies here.</param>
    /// <param name="read">Reads the object.</param>
    /// <exception cref="MalformedInputException">The text is not JSON, or not what <paramref name="read"/> requires.</exception>
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
            throw new MalformedInputException(source, null, $"{path} is not valid JSON: {PickleText.Clean(error.Message)}");
        }
        catch (Exception error) when (error is GraphException or ArgumentException or ArithmeticException or InvalidOperationException)
        {
            // The graph validates itself; JsonElement throws InvalidOperationException for an unpaired surrogate.
            throw new MalformedInputException(source, null, $"{path} does not describe a valid network: {PickleText.Clean(error.Message)}");
        }
    }
}
