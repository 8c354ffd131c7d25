using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Espalier.Tensors;

namespace Espalier.Bench.Serving;

/// <summary>Clients that send one input again and again, closed (each waits for its answer) or open (requests arrive at a rate).</summary>
internal sealed class ServingLoad : IDisposable
{
    private readonly Uri _address;
    private readonly byte[] _body;
    private readonly int _clients;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<double> _milliseconds = [];
    private byte[]? _expected;
    private int _failed;
    private volatile bool _measuring;

    internal ServingLoad(Uri address, int floats, int clients)
    {
        (_address, _clients) = (address, clients);
        float[] input = new float[floats];
        var random = new CounterRandom(1);
        for (int i = 0; i < floats; i++)
        {
            input[i] = (float)random.Normal((ulong)i);
        }

        _body = MemoryMarshal.AsBytes(input.AsSpan()).ToArray();
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients });
    }

    /// <summary>Loads the server.</summary>
    /// <param name="rate">Requests per second; 0 for a closed loop.</param>
    /// <param name="isEven">Whether they arrive at even distances.</param>
    /// <param name="time">How long is measured.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal async Task<LoadResult> RunAsync(double rate, bool isEven, TimeSpan time, CancellationToken cancellation)
    {
        _expected = await SendAsync(cancellation) ?? throw new EspalierException($"{_address} does not answer a binary tensor with 200");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task load = rate > 0 ? OpenAsync(rate, isEven, end.Token) : Task.WhenAll(Enumerable.Range(0, _clients).Select(_ => ClosedAsync(end.Token)));
        await Task.Delay(time / 5, cancellation);
        long start = Stopwatch.GetTimestamp();
        _measuring = true;
        await Task.Delay(time, cancellation);
        _measuring = false;
        TimeSpan measured = Stopwatch.GetElapsedTime(start);
        await end.CancelAsync();
        await load;
        return new LoadResult([.. _milliseconds.Order()], _failed, measured.TotalSeconds);
    }

    public void Dispose() => _http.Dispose();

    private async Task ClosedAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await TimeAsync(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Starts requests at even distances or at the times of a Poisson process. The time of a request counts from when it was due, be the clients all busy or not.</summary>
    private async Task OpenAsync(double rate, bool isEven, CancellationToken end)
    {
        var random = new CounterRandom(2);
        var running = new List<Task>();
        long start = Stopwatch.GetTimestamp();
        double due = 0;
        for (ulong i = 0; !end.IsCancellationRequested; i++)
        {
            due -= (isEven ? -1 : Math.Log(1 - random.Uniform(i))) / rate;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < due)
            {
                await Task.Delay(1, CancellationToken.None); // the distances are of milliseconds; waiting busily would take a processor from the server
            }

            running.Add(TimeAsync(start + (long)(due * Stopwatch.Frequency)));
        }

        await Task.WhenAll(running);
    }

    private async Task TimeAsync(long due)
    {
        bool measured = _measuring;
        byte[]? answer = await SendAsync(CancellationToken.None);
        if (!measured)
        {
            return;
        }

        if (answer is null || !answer.AsSpan().SequenceEqual(_expected))
        {
            Interlocked.Increment(ref _failed);
        }
        else
        {
            _milliseconds.Enqueue(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
        }
    }

    /// <summary>The answer's bytes; <see langword="null"/> for a refusal.</summary>
    private async Task<byte[]?> SendAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(_body), Headers = { { "Inference-Header-Content-Length", "0" } } };
        using HttpResponseMessage answer = await _http.SendAsync(request, cancellation);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(cancellation) : null;
    }
}

/// <summary>What a load has measured.</summary>
/// <param name="Milliseconds">The times of the requests with the right answer, sorted.</param>
/// <param name="Failed">The number of requests that were refused or answered otherwise.</param>
/// <param name="Seconds">How long was measured.</param>
internal sealed record LoadResult(double[] Milliseconds, int Failed, double Seconds)
{
    /// <summary>The time that a share of the requests did not exceed.</summary>
    internal double Percentile(double share) => Milliseconds.Length == 0 ? double.NaN : Milliseconds[(int)Math.Min(Milliseconds.Length - 1, share * Milliseconds.Length)];

    internal string ToJson() => new JsonObject
    {
        ["rate"] = Milliseconds.Length / Seconds,
        ["p50"] = Percentile(0.5),
        ["p99"] = Percentile(0.99),
        ["failed"] = Failed,
    }.ToJsonString();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Milliseconds.Length / Seconds:F1} requests/s, p50 {Percentile(0.5):F1} ms, p90 {Percentile(0.9):F1} ms, p99 {Percentile(0.99):F1} ms, {Milliseconds.Length} answered, {Failed} failed");
}
