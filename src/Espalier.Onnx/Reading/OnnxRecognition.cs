using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Recognizes ONNX files without reading the graph in them.</summary>
internal static class OnnxRecognition
{
    private const int MostFields = 10_000; // the ModelProto message has about a dozen
    private const int LengthDelimited = 2; // protobuf's wire types
    private const int Varint = 0;

    // onnx.proto, ModelProto: ir_version, producer_name, producer_version, domain, model_version, doc_string, graph, opset_import, metadata_props, training_info, functions, configuration.
    private static readonly int[] Numbers = [1, 2, 3, 4, 5, 6, 8, 14, 20, 25, 26];
    private const ulong VersionField = (1 << 3) | Varint; // ir_version, which all writers put first
    private const int Graph = 7;

    /// <summary>Whether a file is an ONNX network: by its content, or, where a part of it is missing or damaged, by its extension.</summary>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    internal static bool Is(string path) => FileErrors.Read(path, () =>
    {
        using FileStream file = File.OpenRead(path);
        return ReadVarint(file) == VersionField && (Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase) || IsComplete(file));
    });

    /// <summary>Whether a file consists of fields of a <c>ModelProto</c>, a graph among them.</summary>
    private static bool IsComplete(FileStream file)
    {
        long length = file.Length;
        file.Position = 0;
        bool hasGraph = false;
        for (int i = 0; i < MostFields && file.Position < length; i++)
        {
            if (ReadVarint(file) is not ulong tag)
            {
                return false;
            }

            (int number, int type) = ((int)(tag >> 3), (int)(tag & 7));
            bool isKnown = number == Graph ? type == LengthDelimited : type is Varint or LengthDelimited && Numbers.Contains(number);
            if (!isKnown || ReadVarint(file) is not ulong value || (type == LengthDelimited && value > (ulong)(length - file.Position)))
            {
                return false;
            }

            file.Position += type == LengthDelimited ? (long)value : 0;
            hasGraph |= number == Graph;
        }

        return hasGraph && file.Position == length;
    }

    private static ulong? ReadVarint(FileStream file)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int part = file.ReadByte();
            if (part < 0)
            {
                return null;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        return null;
    }
}
