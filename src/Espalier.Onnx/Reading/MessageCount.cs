using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Counts the messages of a file before they become objects: two bytes of a file may become a hundred of memory.</summary>
internal static class MessageCount
{
    /// <summary>The kinds of messages that have messages, or texts in lists, as fields.</summary>
    private enum Kind
    {
        /// <summary>Has neither, or is counted with its owner.</summary>
        None,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        Sparse,
        Value,
        Type,
        TensorType,
        TensorShape,
        Function,
    }

    /// <summary>Throws if a file has more messages and listed texts than the limits' nodes and tensors explain.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="limits">The limits.</param>
    /// <exception cref="MalformedInputException">There are more, they are nested too deeply, or the bytes are not a sequence of protobuf fields.</exception>
    internal static void Require(ReadOnlyMemory<byte> bytes, string name, in Limits limits)
    {
        long most = 20L * limits.GraphNodes;
        long left = most;
        Count(bytes.Span, Kind.Model, limits.Depth, ref left, new Source(name, most));
    }

    private static void Count(ReadOnlySpan<byte> message, Kind kind, int depth, ref long left, Source source)
    {
        if (depth == 0)
        {
            MalformedInputException.Throw(source.Name, null, "its messages are nested more deeply than the limit");
        }

        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint(message, ref at, source);
            int length = (tag & 7) switch
            {
                0 => Skip(message, ref at, source),
                1 => Advance(message, ref at, sizeof(ulong), source),
                2 => Advance(message, ref at, Varint(message, ref at, source), source),
                5 => Advance(message, ref at, sizeof(uint), source),
                _ => throw source.Damaged(),
            };
            if ((tag & 7) == 2 && (Child(kind, tag >> 3) is not Kind.None || IsListedText(kind, tag >> 3)))
            {
                if (--left < 0)
                {
                    MalformedInputException.Throw(source.Name, null, $"it has more than {source.Most:N0} messages, the limit");
                }

                if (Child(kind, tag >> 3) is Kind child and not Kind.None)
                {
                    Count(message.Slice(at - length, length), child, depth - 1, ref left, source);
                }
            }
        }
    }

    private static Kind Child(Kind kind, ulong field) => (kind, field) switch
    {
        (Kind.Model, 7) or (Kind.Attribute, 6 or 11) => Kind.Graph,
        (Kind.Model, 25) => Kind.Function,
        (Kind.Graph, 1) or (Kind.Function, 7) => Kind.Node,
        (Kind.Graph, 5) or (Kind.Attribute, 5 or 10) or (Kind.Sparse, 1 or 2) => Kind.Tensor,
        (Kind.Graph, 11 or 12 or 13) => Kind.Value,
        (Kind.Graph, 15) => Kind.Sparse,
        (Kind.Node, 5) or (Kind.Function, 11) => Kind.Attribute,
        (Kind.Value, 2) => Kind.Type,
        (Kind.Type, 1) => Kind.TensorType,
        (Kind.TensorType, 2) => Kind.TensorShape,
        _ => Kind.None,
    };

    /// <summary>Whether a field is a list of texts, or of messages that have none themselves.</summary>
    private static bool IsListedText(Kind kind, ulong field) => (kind, field) switch
    {
        (Kind.Model, 8 or 14) or (Kind.Node, 1 or 2) or (Kind.Function, 4 or 5 or 6 or 9) => true,
        (Kind.Attribute, 9) or (Kind.Tensor, 6 or 13) or (Kind.TensorShape, 1) => true,
        _ => false,
    };

    private static int Skip(ReadOnlySpan<byte> message, ref int at, Source source)
    {
        Varint(message, ref at, source);
        return 0;
    }

    private static int Advance(ReadOnlySpan<byte> message, ref int at, ulong count, Source source)
    {
        if (count > (ulong)(message.Length - at))
        {
            throw source.Damaged();
        }

        at += (int)count;
        return (int)count;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at, Source source)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (at == message.Length)
            {
                throw source.Damaged();
            }

            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw source.Damaged();
    }

    private readonly record struct Source(string Name, long Most)
    {
        internal MalformedInputException Damaged() => new(Name, null, "it is not an ONNX model, or it is damaged or truncated: its bytes are no sequence of protobuf fields");
    }
}
