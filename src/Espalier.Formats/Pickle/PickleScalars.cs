using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Espalier.Formats;

/// <summary>Reads literal values of a pickle: numbers, strings and bytes.</summary>
/// <remarks>Integers become <see langword="long"/> where they fit, otherwise <see cref="BigInteger"/>; text is <see langword="string"/>, bytes are <c>byte[]</c>.</remarks>
internal sealed class PickleScalars(ByteCursor cursor, long start, int limit)
{
    // Python also refuses decimal integers with more digits (sys.set_int_max_str_digits), because the time grows with their square.
    private const int LongestNumber = 4300;
    private const int LongestName = 1024;

    // Bytes of a Python long in binary: the largest that PyTorch writes is its magic number of 10 bytes.
    private const int LongestInteger = 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the operand of an instruction that pushes a literal; returns <see langword="false"/> for any other instruction.</summary>
    public bool TryRead(PickleOpcode opcode, out object? value)
    {
        value = null;
        switch (opcode)
        {
            case PickleOpcode.None: break;
            case PickleOpcode.NewTrue: value = true; break;
            case PickleOpcode.NewFalse: value = false; break;
            case PickleOpcode.BinInt1: value = (long)cursor.ReadByte(); break;
            case PickleOpcode.BinInt2: value = (long)cursor.ReadUInt16(); break;
            case PickleOpcode.BinInt: value = (long)cursor.ReadInt32(); break;
            case PickleOpcode.Long1: value = Integer(cursor.ReadByte()); break;
            case PickleOpcode.Long4: value = Integer(cursor.ReadInt32()); break;
            case PickleOpcode.BinFloat: value = BinaryPrimitives.ReadDoubleBigEndian(cursor.ReadFew(sizeof(double))); break;
            case PickleOpcode.Int: value = IntegerOrFlag(ReadLine(LongestNumber)); break;
            case PickleOpcode.Long: value = Narrow(ParseInteger(ReadLine(LongestNumber).TrimEnd('L'))); break;
            case PickleOpcode.Float: value = ParseFloat(ReadLine(LongestNumber)); break;
            case PickleOpcode.String: value = Quoted(ReadLine(limit)); break;
            case PickleOpcode.Unicode: value = PickleEscapes.RawUnicode(ReadLine(limit)); break;
            case PickleOpcode.ShortBinString: value = Lenient(Bytes(cursor.ReadByte())); break;
            case PickleOpcode.BinString: value = Lenient(Bytes(cursor.ReadInt32())); break;
            case PickleOpcode.ShortBinUnicode: value = Text(Bytes(cursor.ReadByte())); break;
            case PickleOpcode.BinUnicode: value = Text(Bytes((uint)cursor.ReadInt32())); break;
            case PickleOpcode.BinUnicode8: value = Text(Bytes(cursor.ReadInt64())); break;
            case PickleOpcode.ShortBinBytes: value = Bytes(cursor.ReadByte()); break;
            case PickleOpcode.BinBytes: value = Bytes((uint)cursor.ReadInt32()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: value = Bytes(cursor.ReadInt64()); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Reads a line that names a module, a class or a persistent id.</summary>
    public string ReadNameLine() => Text(cursor.ReadLine(LongestName));

    /// <summary>Reads a line that holds an index of the memo.</summary>
    public long ReadIndexLine()
    {
        string line = ReadLine(LongestNumber);
        return long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            ? index
            : throw Error($"'{Short(line)}' instead of an index of the memo");
    }

    private string ReadLine(int longest) => Encoding.Latin1.GetString(cursor.ReadLine(longest));

    private byte[] Bytes(long count)
    {
        long left = limit - (cursor.Position - start);
        if (count < 0 || count > left)
        {
            throw Error($"a string of {(ulong)count:N0} bytes is longer than the limit of {limit:N0} bytes for a pickle");
        }

        return cursor.ReadBytes(count);
    }

    private object Integer(int length)
    {
        if (length is < 0 or > LongestInteger)
        {
            throw Error($"an integer of {(uint)length:N0} bytes; the limit is {LongestInteger}");
        }

        return Narrow(new BigInteger(cursor.ReadBytes(length)));
    }

    private object IntegerOrFlag(string line) => line switch
    {
        "00" => false, // protocols 0 and 1 write booleans as 00 and 01
        "01" => true,
        _ => Narrow(ParseInteger(line)),
    };

    private BigInteger ParseInteger(string line) =>
        BigInteger.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? number
            : throw Error($"'{Short(line)}' instead of an integer");

    private double ParseFloat(string line) => line switch
    {
        "nan" => double.NaN, // Python's spelling of NaN and Infinity
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Error($"'{Short(line)}' instead of a number"),
    };

    private string Quoted(string line)
    {
        if (line.Length < 2 || line[0] is not ('\'' or '"') || line[^1] != line[0])
        {
            throw Error($"'{Short(line)}' instead of a string in quotes");
        }

        return Lenient(PickleEscapes.Quoted(line[1..^1]));
    }

    private string Text(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Error("a string is not UTF-8");
        }
    }

    /// <summary>Decodes a string of Python 2, bytes of unknown encoding: UTF-8 where it is valid, otherwise Latin-1.</summary>
    private static string Lenient(byte[] bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

    private static object Narrow(BigInteger number)
    {
        object boxed = number;
        return number >= long.MinValue && number <= long.MaxValue ? (long)number : boxed;
    }

    private static string Short(string line) => line.Length <= 40 ? line : line[..40] + "…";

    private MalformedInputException Error(string reason) => cursor.Source.Malformed(cursor.Position, reason);
}
