using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Espalier.Formats;

/// <summary>Writes pickles of protocol 2 with the few instructions that PyTorch's <c>weights_only</c> loader accepts.</summary>
internal sealed class PickleWriter
{
    private const byte ProtocolVersion = 2;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public PickleWriter()
    {
        Emit(PickleOpcode.Protocol);
        _bytes.Write([ProtocolVersion]);
    }

    /// <summary>Ends the pickle with STOP and returns its bytes.</summary>
    public byte[] Finish()
    {
        Emit(PickleOpcode.Stop);
        return _bytes.WrittenSpan.ToArray();
    }

    public void Emit(PickleOpcode opcode) => _bytes.Write([(byte)opcode]);

    public void Global(string module, string name)
    {
        Emit(PickleOpcode.Global);
        _bytes.Write(StrictUtf8.GetBytes($"{module}\n{name}\n"));
    }

    public void Text(string text)
    {
        byte[] utf8 = StrictUtf8.GetBytes(text);
        Emit(PickleOpcode.BinUnicode);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        _bytes.Write(length);
        _bytes.Write(utf8);
    }

    public void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        switch (value)
        {
            case >= 0 and <= byte.MaxValue: Emit(PickleOpcode.BinInt1, bytes[..1]); break;
            case >= 0 and <= ushort.MaxValue: Emit(PickleOpcode.BinInt2, bytes[..2]); break;
            case >= int.MinValue and <= int.MaxValue: Emit(PickleOpcode.BinInt, bytes[..4]); break;
            default:
                Emit(PickleOpcode.Long1);
                _bytes.Write([(byte)sizeof(long)]);
                _bytes.Write(bytes);
                break;
        }
    }

    /// <summary>Writes a tuple of integers.</summary>
    public void Integers(IEnumerable<long> values)
    {
        Emit(PickleOpcode.Mark);
        foreach (long value in values)
        {
            Integer(value);
        }

        Emit(PickleOpcode.Tuple);
    }

    private void Emit(PickleOpcode opcode, ReadOnlySpan<byte> operand)
    {
        Emit(opcode);
        _bytes.Write(operand);
    }
}
