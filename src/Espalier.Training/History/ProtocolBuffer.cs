using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Espalier.Training;

/// <summary>Writes the kinds of protocol buffer fields that TensorBoard events use (protobuf.dev, "Encoding").</summary>
internal sealed class ProtocolBuffer
{
    private const int VarInt = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    internal ProtocolBuffer Integer(int field, long value)
    {
        Tag(field, VarInt);
        Number((ulong)value);
        return this;
    }

    internal ProtocolBuffer Double(int field, double value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
        return this;
    }

    internal ProtocolBuffer Float(int field, float value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
        return this;
    }

    internal ProtocolBuffer Text(int field, string value) => Block(field, Encoding.UTF8.GetBytes(value));

    internal ProtocolBuffer Message(int field, ProtocolBuffer message) => Block(field, message.Written);

    private ProtocolBuffer Block(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, Bytes);
        Number((ulong)bytes.Length);
        _buffer.Write(bytes);
        return this;
    }

    private void Tag(int field, int kind) => Number((ulong)((field << 3) | kind));

    /// <summary>Writes a varint: seven bits per byte, the lowest first; the eighth bit says that another byte follows.</summary>
    private void Number(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            _buffer.Write([(byte)(value | 0x80)]);
        }

        _buffer.Write([(byte)value]);
    }
}
