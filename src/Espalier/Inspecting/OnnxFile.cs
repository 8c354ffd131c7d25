namespace Espalier;

/// <summary>Recognizes ONNX files without reading the graph in them.</summary>
internal static class OnnxFile
{
    private const int MostFields = 10_000; // the ModelProto message has about a dozen
    private const int LengthDelimited = 2; // protobuf's wire types
    private const int Varint = 0;

    // onnx.proto, ModelProto: ir_version, producer_name, producer_version, domain, model_version, doc_string, graph, opset_import, metadata_props, training_info, functions, configuration.
    private static readonly int[] Numbers = [1, 2, 3, 4, 5, 6, 8, 14, 20, 25, 26];
    private const int Version = 1;
    private const int Graph = 7;

    /// <summary>Describes a file if it consists of fields of a <c>ModelProto</c>, with a version first and a graph among them, and returns <see langword="null"/> otherwise.</summary>
    internal static FileInspection? Inspect(string path, long length, ReadOnlySpan<byte> start)
    {
        const byte VersionField = (Version << 3) | Varint;
        if (start[0] != VersionField)
        {
            return null;
        }

        using FileStream file = File.OpenRead(path);
        bool hasGraph = false;
        for (int i = 0; i < MostFields && file.Position < length; i++)
        {
            if (ReadVarint(file) is not ulong tag)
            {
                return null;
            }

            (int number, int type) = ((int)(tag >> 3), (int)(tag & 7));
            bool isKnown = number == Graph ? type == LengthDelimited : type is Varint or LengthDelimited && Numbers.Contains(number);
            if (!isKnown || ReadVarint(file) is not ulong value || (type == LengthDelimited && value > (ulong)(length - file.Position)))
            {
                return null;
            }

            file.Position += type == LengthDelimited ? (long)value : 0;
            hasGraph |= number == Graph;
        }

        return hasGraph && file.Position == length ? new FileInspection(path, length, FileKind.Onnx, "an ONNX network, which Espalier does not read yet") : null;
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
