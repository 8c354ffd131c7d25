using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Espalier.Formats;

/// <summary>Writes tensors as safetensors files.</summary>
/// <remarks>
/// The data is laid out as in the reference implementation, widest elements first and then by name, so that every tensor is aligned to its
/// element size; the header is padded with spaces to a multiple of 64 bytes. The header lists the tensors in the state_dict's order, so that reading restores it.
/// </remarks>
public static class SafetensorsWriter
{
    private const int DataAlignment = AlignedMemory.Alignment;

    /// <summary>Writes a safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Texts by key for <c>__metadata__</c>.</param>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Write(string path, StateDict tensors, IReadOnlyList<KeyValuePair<string, string>>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes a safetensors file to a stream, which needs only be writable.</summary>
    /// <exception cref="ArgumentException">A tensor has the name <c>__metadata__</c>, which the format reserves, or a key of the metadata occurs twice.</exception>
    public static void Write(Stream stream, StateDict tensors, IReadOnlyList<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, Tensor>[] layout = Layout(tensors);
        ReadOnlySpan<byte> header = Header(tensors, layout, metadata ?? []);
        int padding = Padding(header);

        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        stream.Write(length);
        stream.Write(header);
        stream.Write("                                                                "u8[..padding]);
        foreach ((_, Tensor tensor) in layout)
        {
            tensor.WriteTo(stream);
        }
    }

    /// <summary>The size of the file in bytes, computed without writing or reading the tensors.</summary>
    /// <inheritdoc cref="Write(Stream, StateDict, IReadOnlyList{KeyValuePair{string, string}})"/>
    public static long SizeOf(StateDict tensors, IReadOnlyList<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ReadOnlySpan<byte> header = Header(tensors, Layout(tensors), metadata ?? []);
        return SafetensorsHeader.LengthBytes + header.Length + Padding(header) + tensors.Sum(tensor => (long)tensor.Value.Bytes.Length);
    }

    private static KeyValuePair<string, Tensor>[] Layout(StateDict tensors) =>
        [.. tensors.OrderByDescending(t => t.Value.Type.Size()).ThenBy(t => t.Key, StringComparer.Ordinal)];

    private static int Padding(ReadOnlySpan<byte> header) => (DataAlignment - ((SafetensorsHeader.LengthBytes + header.Length) % DataAlignment)) % DataAlignment;

    private static ReadOnlySpan<byte> Header(StateDict tensors, KeyValuePair<string, Tensor>[] layout, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        var offsets = new Dictionary<string, long>();
        long end = 0;
        foreach ((string name, Tensor tensor) in layout)
        {
            offsets.Add(name, end);
            end += tensor.Bytes.Length;
        }

        var buffer = new ArrayBufferWriter<byte>();
        // The header is not embedded in HTML, so quotes and non-ASCII letters need no numeric escapes.
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        WriteMetadata(json, metadata);
        foreach ((string name, Tensor tensor) in tensors)
        {
            WriteEntry(json, name, tensor, offsets[name]);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        var keys = new HashSet<string>();
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string value) in metadata)
        {
            if (!keys.Add(key))
            {
                throw new ArgumentException($"The metadata has the key '{key}' twice.", nameof(metadata));
            }

            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long offset)
    {
        if (name == SafetensorsHeader.MetadataKey)
        {
            throw new ArgumentException($"No tensor can be called {name} in a safetensors file.", nameof(name));
        }

        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsTypes.NameOf(tensor.Type));
        json.WriteStartArray("shape");
        foreach (int extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
