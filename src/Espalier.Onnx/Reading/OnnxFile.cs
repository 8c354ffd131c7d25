using Espalier.Formats;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Google.Protobuf;

namespace Espalier.Onnx;

/// <summary>An ONNX file in memory, and the folder of its external data.</summary>
/// <param name="Name">The name that error messages use.</param>
/// <param name="Folder">The folder that external data may lie in; <see langword="null"/> where there is none.</param>
/// <param name="Model">The file's content.</param>
/// <param name="Limits">The limits on tensors and nodes.</param>
internal sealed record OnnxFile(string Name, string? Folder, ModelProto Model, Limits Limits)
{
    private static readonly MessageParser<ModelProto> s_parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="MalformedInputException">It is no ONNX model, is damaged or exceeds the limits.</exception>
    /// <exception cref="EspalierException">It cannot be opened or read.</exception>
    internal static OnnxFile Open(string path, in Limits limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using ByteSource source = ByteSource.Open(path, limits);
        if (source.Length > Array.MaxLength)
        {
            MalformedInputException.Throw(source.Name, null, $"the file has {source.Length:N0} bytes, but no ONNX file has over 2 GiB without external data");
        }

        byte[] bytes = new byte[source.Length];
        FileErrors.Read(path, () =>
        {
            source.Read(0, bytes);
            return true;
        });
        return Parse(bytes, source.Name, Path.GetDirectoryName(Path.GetFullPath(path)), limits);
    }

    /// <summary>Reads a model from memory.</summary>
    /// <exception cref="MalformedInputException">The bytes are no ONNX model, are damaged or exceed the limits.</exception>
    internal static OnnxFile Parse(ReadOnlyMemory<byte> bytes, string name, string? folder, in Limits limits)
    {
        MessageCount.Require(bytes, name, limits);
        try
        {
            ModelProto model = s_parser.ParseFrom(bytes.Span);
            return model.Graph is null || model.Graph.Node.Count == 0
                ? throw new MalformedInputException(name, null, "it is not an ONNX model: it has no graph of nodes")
                : new OnnxFile(name, folder, model, limits);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new MalformedInputException(name, null, $"it is not an ONNX model, or it is damaged: {error.Message}");
        }
    }

    /// <summary>The error of a file that violates the format.</summary>
    internal MalformedInputException Malformed(string reason) => new(Name, null, reason);

    /// <summary>A name of the file as shown in messages: of limited length.</summary>
    internal static string Shown(string name) => name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 80), "…");
}
