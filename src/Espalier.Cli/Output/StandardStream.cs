namespace Espalier.Cli;

/// <summary>Standard output or standard error. Writing can fail, because the shell has closed it or the disk is full.</summary>
/// <param name="target">The stream, or <see langword="null"/> if it is closed.</param>
/// <param name="failed">Called with the reason when a write fails.</param>
internal sealed class StandardStream(Stream? target, Action<string> failed) : Stream
{
    private const int BrokenPipe = unchecked((int)0x8007006D); // Windows' ERROR_BROKEN_PIPE; on Unix the runtime does not report it
    private const int PipeClosing = unchecked((int)0x800700E8); // Windows' ERROR_NO_DATA
    private const string Closed = "it is closed";

    private readonly Lock _lock = new();
    private Stream? _target = target;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            lock (_lock)
            {
                if (_target is Stream open)
                {
                    open.Write(buffer);
                    return;
                }
            }

            failed(Closed);
        }
        catch (IOException error) when (error.HResult is BrokenPipe or PipeClosing)
        {
            // the reader of the pipe has stopped reading, which is no error
        }
        catch (IOException error)
        {
            failed(error.Message);
        }
        catch (UnauthorizedAccessException)
        {
            failed(Closed); // the runtime throws this for a descriptor that does not accept writes
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    /// <summary>Closes the stream after a write in progress.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _target = null;
        }

        base.Dispose(disposing);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
