using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Espalier.Testing;

/// <summary>A web server on this machine with one file, that can break connections as real ones do.</summary>
public sealed class FileServer : IDisposable
{
    private const int Part = 1 << 16; // bytes

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;

    public FileServer(byte[] content)
    {
        _content = content;
        _listener.Start();
        _ = Task.Run(Serve);
    }

    /// <summary>Where it is.</summary>
    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Bytes after which the connection breaks, for each request in turn; later ones are answered whole.</summary>
    public Queue<int> BreakAfter { get; init; } = [];

    /// <summary>Whether it can send a part of the file.</summary>
    public bool Resumes { get; init; } = true;

    /// <summary>How long it waits before each part of the file.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>What it waits for before the last part of the file.</summary>
    public Task End { get; init; } = Task.CompletedTask;

    /// <summary>Called when a part of the file has been sent that a break cuts short.</summary>
    public Action? OnBreak { get; init; }

    /// <summary>The first byte asked for by each request.</summary>
    public List<long> Starts { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await Answer(client).ContinueWith(answer => _ = answer.Exception, TaskScheduler.Default); // a client may go away
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(TcpClient client)
    {
        NetworkStream stream = client.GetStream();
        long start = await ReadRequest(stream);
        Starts.Add(start);
        start = Resumes ? start : 0;
        if (start >= _content.Length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{_content.Length}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }

        string range = start > 0 ? $"Content-Range: bytes {start}-{_content.Length - 1}/{_content.Length}\r\n" : "";
        string status = start > 0 ? "206 Partial Content" : "200 OK";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{range}Content-Length: {_content.Length - start}\r\nConnection: close\r\n\r\n"));
        bool breaks = BreakAfter.TryDequeue(out int sent);
        int end = breaks ? Math.Min(_content.Length, (int)start + sent) : _content.Length;
        for (int at = (int)start; at < end; at += Part)
        {
            await Task.Delay(Pause);
            await (at + Part < end ? Task.CompletedTask : End);
            await stream.WriteAsync(_content.AsMemory(at, Math.Min(Part, end - at)));
        }

        if (breaks)
        {
            OnBreak?.Invoke();
        }
    }

    /// <summary>Reads to the empty line and gives the first byte of the range asked for.</summary>
    private static async Task<long> ReadRequest(NetworkStream stream)
    {
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                throw new IOException("the client went away");
            }

            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        string? range = request.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith("Range:", StringComparison.OrdinalIgnoreCase));
        return range is null ? 0 : long.Parse(range.Split('=')[1].TrimEnd('-'), CultureInfo.InvariantCulture);
    }
}
