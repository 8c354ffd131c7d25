using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>An explanation of what a network does with a photo: a picture and the values in it.</summary>
public abstract class PhotoExplanation
{
    /// <summary>The usual length of a picture's longer side in pixels, at most.</summary>
    public const int UsualSide = 1024;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // "unsafe" only within HTML; keeps labels readable

    private protected PhotoExplanation(ExplainedPhoto photo, string kind, string node) => (Photo, Kind, Node) = (photo, kind, node);

    /// <summary>The photo.</summary>
    public ExplainedPhoto Photo { get; }

    /// <summary>What it is, as in names of files: <c>grad-cam</c>, <c>occlusion</c>, <c>maps</c>.</summary>
    public string Kind { get; }

    /// <summary>The node that it is about; empty for the network as a whole.</summary>
    public string Node { get; }

    /// <summary>Draws it.</summary>
    /// <param name="side">The length of the longer side of a picture of the photo, at most; smaller photos keep their size.</param>
    public abstract Image Draw(int side = UsualSide);

    /// <summary>The numbers as one JSON object.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the numbers as fields of an object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        WritePhoto(json);
        WriteFields(json);
    }

    /// <summary>Writes the fields that every explanation has: the photo, the input's place in it, and the node.</summary>
    internal void WritePhoto(Utf8JsonWriter json)
    {
        json.WriteString("kind", Kind);
        json.WriteString("image", Photo.Name);
        json.WriteNumber("width", Photo.Image.Width);
        json.WriteNumber("height", Photo.Image.Height);
        InputPlacement placement = Photo.Placement;
        json.WriteStartObject("input");
        json.WriteNumber("width", placement.Input.Width);
        json.WriteNumber("height", placement.Input.Height);
        ExplanationJson.Write(json, "in_photo", placement.Whole);
        json.WriteEndObject();
        if (Node.Length > 0)
        {
            json.WriteString("node", Node);
        }
    }

    /// <summary>Writes the picture to <c>PATH.png</c> and the numbers to <c>PATH.json</c>, each atomically.</summary>
    /// <param name="path">The path without extension.</param>
    /// <exception cref="EspalierException">A file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PngEncoder.Save(Draw(), path + ".png");
        byte[] json = Encoding.UTF8.GetBytes(ToJson());
        AtomicFile.Write(path + ".json", stream => stream.Write(json));
    }

    /// <summary>Writes the fields that only this kind of explanation has.</summary>
    private protected abstract void WriteFields(Utf8JsonWriter json);
}
