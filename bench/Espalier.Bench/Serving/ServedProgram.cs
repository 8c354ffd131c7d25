using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Espalier.Bench.Workers;
using Espalier.Tensors;

namespace Espalier.Bench.Serving;

/// <summary>A server in a process of its own, held to some processors.</summary>
internal sealed class ServedProgram : IDisposable
{
    private const string MemoryLine = "VmRSS:";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private ServedProgram(Process process, int port) => (_process, Port) = (process, port);

    internal int Port { get; }

    /// <summary>The bytes of its memory that are resident now.</summary>
    internal long ResidentBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(MemoryLine, StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(MemoryLine.Length, line.Length - MemoryLine.Length - "kB".Length), NumberStyles.Integer, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Starts a server and waits until it says that it serves.</summary>
    /// <param name="processors">The processors, separated by commas.</param>
    /// <param name="command">The program and its arguments, as a function of the port.</param>
    internal static ServedProgram Start(string processors, Func<int, string[]> command)
    {
        int port = FreePort();
        Process process = ChildProcess.Start(new ProcessStartInfo("taskset", ["-c", processors, .. command(port)]) { RedirectStandardOutput = true });
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        if (!line.Wait(s_patience) || line.Result is null)
        {
            process.Kill();
            throw new EspalierException($"{command(port)[0]} does not say that it serves");
        }

        return new ServedProgram(process, port);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
