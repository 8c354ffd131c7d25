namespace Espalier.Imaging;

/// <summary>The data of several chunks as one stream.</summary>
internal sealed class ChunkStream(EncodedImage input, IReadOnlyList<Range> parts) : Stream
{
    private int _part;
    private int _taken;

    /// <summary>Total number of bytes of all parts.</summary>
    public long TotalLength { get; } = parts.Sum(p => (long)p.End.Value - p.Start.Value);

    /// <summary>The offset of the next byte in the file.</summary>
    public int FileOffset => _part < parts.Count ? parts[_part].Start.Value + _taken : parts[^1].End.Value;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_part < parts.Count)
        {
            ReadOnlySpan<byte> left = input.Bytes[parts[_part]][_taken..];
            if (left.Length > 0)
            {
                int count = Math.Min(left.Length, buffer.Length);
                left[..count].CopyTo(buffer);
                _taken += count;
                return count;
            }

            _part++;
            _taken = 0;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
