using System.Buffers.Binary;
using System.Text;

namespace Espalier.Formats.Tests.Support;

/// <summary>Writes pickles instruction by instruction, also such as no honest program writes.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public PickleBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Instructions that are letters, and text behind them.</summary>
    public PickleBytes Ascii(string text) => Raw(Encoding.Latin1.GetBytes(text));

    public PickleBytes Protocol(byte version) => Raw(0x80, version);

    public PickleBytes Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Ascii("X").Raw(length).Raw(utf8);
    }

    public PickleBytes Integer(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Ascii("J").Raw(bytes);
    }

    public PickleBytes Integers(params int[] values)
    {
        Ascii("(");
        foreach (int value in values)
        {
            Integer(value);
        }

        return Ascii("t");
    }

    /// <summary><c>_rebuild_tensor_v2</c> of a storage.</summary>
    public PickleBytes Tensor(string key, int storageCount, int offset, int[] sizes, int[] strides, string storage = "FloatStorage") =>
        Ascii("ctorch._utils\n_rebuild_tensor_v2\n((").Text("storage").Ascii($"ctorch\n{storage}\n").Text(key).Text("cpu").Integer(storageCount).Ascii("tQ")
            .Integer(offset).Integers(sizes).Integers(strides).Raw(0x89).Ascii("}tR");
}
