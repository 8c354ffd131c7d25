using System.Buffers;

namespace Espalier.Serving;

/// <summary>Bytes of a request in memory that is used again.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int Start = 1 << 16;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Start);
    private int _length;

    internal ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The body, or a part of it.</param>
    /// <param name="most">The most bytes there may be.</param>
    /// <param name="cancellation">Cancelled when the client goes away or is late.</param>
    /// <exception cref="ServingException">There are more.</exception>
    internal static async Task<RequestBody> ReadAsync(Stream stream, long most, CancellationToken cancellation)
    {
        var body = new RequestBody();
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(body._bytes.AsMemory(body._length), cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    return body;
                }

                body._length += read;
                if (body._length > most)
                {
                    throw new ServingException(StatusCodes.Status413PayloadTooLarge, $"the request's body has more than the limit of {most} bytes");
                }

                body.MakeRoom();
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    // Grown by what has come, not by what the client announces.
    private void MakeRoom()
    {
        if (_length == _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, 2L * _length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
