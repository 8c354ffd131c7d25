using System.Text;

namespace Espalier.Formats;

/// <summary>Reads the headers of a tar archive (POSIX.1-2008 <c>pax</c> and <c>ustar</c>; GNU's binary sizes above 8 GiB).</summary>
/// <remarks>Of pax's extended headers, those that change a member's name or size are refused; times and owners are ignored.</remarks>
internal static class TarDirectory
{
    private const int Block = 512;
    private const int LongestName = 99; // the field has 100 bytes with the final zero; PyTorch's names have 8
    private const int ChecksumStart = 148;
    private const int ChecksumLength = 8;

    /// <summary>Whether the bytes begin with a tar header whose checksum is right.</summary>
    public static bool Begins(ByteSource source)
    {
        if (source.Length < Block)
        {
            return false;
        }

        byte[] header = new byte[Block];
        source.Read(0, header);
        return header[0] != 0 && IsHeader(header);
    }

    /// <summary>The archive's regular files by name.</summary>
    public static Dictionary<string, ByteSource> Read(ByteSource source, in Limits limits)
    {
        var members = new Dictionary<string, ByteSource>();
        byte[] header = new byte[Block];
        for (long at = 0; at + Block <= source.Length;)
        {
            source.Read(at, header);
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
            {
                return members; // a block of zeros marks the end of the archive
            }

            at = ReadMember(source, at, header, members);
            if (members.Count > limits.ArchiveEntries)
            {
                throw source.Malformed(at, $"a tar archive of more than {limits.ArchiveEntries:N0} members");
            }
        }

        throw source.Malformed(source.Length, "truncated: the tar archive has no end marker");
    }

    private static long ReadMember(ByteSource source, long at, byte[] header, Dictionary<string, ByteSource> members)
    {
        if (!IsHeader(header))
        {
            throw source.Malformed(at, "the tar archive is damaged: this header's checksum is wrong");
        }

        string name = Encoding.Latin1.GetString(header, 0, Math.Max(0, header.AsSpan(0, LongestName + 1).IndexOf((byte)0)));
        long size = Number(source, at, header.AsSpan(124, 12));
        long start = at + Block;
        if (size < 0 || size > source.Length - start)
        {
            throw source.Malformed(start, $"truncated: the tar member '{name}' has {size:N0} bytes, but the file ends after {source.Length - start:N0} of them");
        }

        switch ((char)header[156])
        {
            case '0' or '\0':
                if (!members.TryAdd(name, source.Part(start, size)))
                {
                    throw source.Malformed(at, $"two tar members have the name '{name}'");
                }

                break;
            case 'x' or 'g': RequireHarmlessExtension(source, start, size); break;
            case '5': break; // a folder
            default: throw source.Malformed(at, $"the tar member '{name}' is neither a file nor a folder");
        }

        return start + ((size + Block - 1) / Block * Block);
    }

    private static void RequireHarmlessExtension(ByteSource source, long start, long size)
    {
        if (size > 1 << 16)
        {
            throw source.Malformed(start, $"an extended tar header of {size:N0} bytes is too large");
        }

        byte[] bytes = new byte[size];
        source.Read(start, bytes);
        string records = Encoding.Latin1.GetString(bytes);
        if (records.Contains(" path=", StringComparison.Ordinal) || records.Contains(" size=", StringComparison.Ordinal))
        {
            throw source.Malformed(start, "an extended tar header changes a member's name or size, which PyTorch never writes");
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        long sum = ChecksumLength * ' '; // the checksum is taken with its own field blank
        for (int i = 0; i < Block; i++)
        {
            sum += i is >= ChecksumStart and < ChecksumStart + ChecksumLength ? 0 : header[i];
        }

        return TryOctal(header.Slice(ChecksumStart, ChecksumLength), out long stored) && stored == sum;
    }

    private static long Number(ByteSource source, long at, ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            // GNU's format for sizes that do not fit 11 octal digits: big-endian binary after a byte 0x80.
            return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }

        return TryOctal(field, out long number) ? number : throw source.Malformed(at, "the tar archive is damaged: a size is not a number");
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            number = (number << 3) + (digit - '0');
        }

        return digits.Length > 0;
    }
}
