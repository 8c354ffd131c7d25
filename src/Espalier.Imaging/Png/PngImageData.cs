using System.IO.Compression;

namespace Espalier.Imaging;

/// <summary>The decompressed rows of a file, read in order; never more bytes than the header announces.</summary>
internal sealed class PngImageData : IDisposable
{
    // Deflate's best compression: a match of 258 bytes in 2 bits (RFC 1951), 1032 to 1.
    private const int MaxDeflateRatio = 1032;

    private readonly EncodedImage _input;
    private readonly ChunkStream _packed;
    private readonly ZLibStream _inflated;

    /// <summary>Opens the data, after checking that the compressed bytes can expand to the announced size.</summary>
    public PngImageData(EncodedImage input, PngChunks chunks)
    {
        _input = input;
        _packed = new ChunkStream(input, chunks.ImageData);
        PngHeader header = chunks.Header;
        long needed = PngPass.Of(header).Sum(p => (1 + header.RowBytes(p.Width(header))) * p.Height(header));
        if (needed > _packed.TotalLength * MaxDeflateRatio)
        {
            input.Fail(chunks.ImageData[0].Start.Value, $"{header.Width}x{header.Height} pixels need {needed} bytes, which {_packed.TotalLength} compressed bytes cannot hold");
        }

        _inflated = new ZLibStream(_packed, CompressionMode.Decompress);
    }

    /// <summary>Fills <paramref name="row"/> with the next bytes.</summary>
    public void Read(Span<byte> row)
    {
        if (Inflate(row) < row.Length)
        {
            _input.Fail(_packed.FileOffset, "the compressed pixels end before the last row");
        }
    }

    /// <summary>Warns of surplus data, which is not read any further; where there is none, reading to the end makes the stream check its Adler-32 checksum.</summary>
    public void CheckEnd()
    {
        if (Inflate([0]) > 0)
        {
            _input.Warn(_packed.FileOffset, "there are more pixels than the header announces; the surplus is ignored");
        }
    }

    public void Dispose()
    {
        _inflated.Dispose();
        _packed.Dispose();
    }

    private int Inflate(Span<byte> row)
    {
        try
        {
            return _inflated.ReadAtLeast(row, row.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            _input.Fail(_packed.FileOffset, "the compressed pixels are damaged: this is not a zlib stream, or its checksum is wrong");
            return 0;
        }
    }
}
