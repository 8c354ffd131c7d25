using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Reads a stream into memory, up to the limit on a file's bytes.</summary>
internal static class StreamContent
{
    private const int FirstBuffer = 64 << 10; // most photographs fit after doubling it once

    public static ReadOnlyMemory<byte> Read(Stream stream, string source, Limits limits)
    {
        long most = Math.Min(limits.FileBytes, Array.MaxLength);
        long expected = stream.CanSeek ? stream.Length - stream.Position : Math.Min(FirstBuffer, most);
        RequireFits(expected, most, source);
        // One spare byte, so that the read that detects the end does not enlarge the buffer.
        byte[] buffer = new byte[Math.Min(expected + 1, Array.MaxLength)];
        int length = 0;
        while (true)
        {
            int read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            RequireFits(length, most, source);
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, Array.MaxLength));
            }
        }
    }

    private static void RequireFits(long length, long most, string source)
    {
        if (length > most)
        {
            MalformedInputException.Throw(source, null, $"the file has more than {most} bytes, the limit");
        }
    }
}
