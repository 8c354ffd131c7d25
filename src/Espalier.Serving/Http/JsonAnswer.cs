using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Espalier.Serving;

/// <summary>Answers with one JSON object.</summary>
internal static class JsonAnswer
{
    internal const string ContentType = "application/json";

    // Labels of any language as they are: the answer is no part of a page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of an object.</summary>
    /// <param name="members">Writes its members.</param>
    internal static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    internal static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> members) => WriteAsync(context, Of(members));

    /// <summary>Answers with the bytes of an object.</summary>
    internal static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
