using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Reads a stream into memory, up to the limits on an image file's bytes.</summary>
internal static class StreamContent
{
    /// <summary>Bytes that tell the format of an image.</summary>
    public const int SignatureLength = 16;

    private const int FirstBuffer = 64 << 10; // most photographs fit after doubling it once

    /// <param name="stream">Read to its end.</param>
    /// <param name="source">The name that errors use.</param>
    /// <param name="limits">Limits on the bytes.</param>
    /// <param name="check">Receives the first bytes before others are read, <see cref="SignatureLength"/> or all there are, and throws where they are no image's.</param>
    public static ReadOnlyMemory<byte> Read(Stream stream, string source, Limits limits, Action<ReadOnlyMemory<byte>> check)
    {
        long most = Math.Min(Math.Min(limits.FileBytes, limits.ImageFileBytes), Array.MaxLength - 1);
        long expected = stream.CanSeek ? stream.Length - stream.Position : Math.Min(FirstBuffer, most);
        RequireFits(expected, most, source);
        // One spare byte, so that the read that detects the end does not enlarge the buffer.
        byte[] buffer = new byte[expected + 1];
        int length = stream.ReadAtLeast(buffer, Math.Min(SignatureLength, buffer.Length), throwOnEndOfStream: false);
        check(buffer.AsMemory(0, length));
        RequireFits(length, most, source);
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, most + 1));
            }

            int read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            RequireFits(length, most, source);
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
