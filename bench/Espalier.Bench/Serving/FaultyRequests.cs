using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Bench.Serving;

/// <summary>Photos for a server, with a hundredth that are broken, a hundredth of clients that leave, and a model that is loaded again every five seconds: no wrong answer, no leak.</summary>
internal static class FaultyRequests
{
    private const int Clients = 8;
    private const int Photos = 10;
    private const int Side = 256;
    private const int Every = 100; // one in a hundred is broken, one is left by its client
    private const int Samples = 10; // of the memory

    private static readonly TimeSpan s_reload = TimeSpan.FromSeconds(5);

    internal static async Task<string> Run(ServedProgram server, ModelFolder model, int count)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}")) };
        byte[][] photos = [.. Enumerable.Range(0, Photos).Select(Photo)];
        string[] expected = await Task.WhenAll(photos.Select(async photo => await (await Post(http, photo, default)).Content.ReadAsStringAsync()));
        var outcomes = new ConcurrentDictionary<string, int>();
        var memory = new List<long>();
        int next = 0, reloads = 0;
        long start = Stopwatch.GetTimestamp();
        using var end = new CancellationTokenSource();
        Task reloading = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await Task.Delay(s_reload, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                model.Replace();
                reloads++;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next) - 1; i < count; i = Interlocked.Increment(ref next) - 1)
            {
                outcomes.AddOrUpdate(await One(http, photos, expected, i), 1, (_, before) => before + 1);
                if ((i + 1) % Math.Max(1, count / Samples) == 0)
                {
                    lock (memory)
                    {
                        memory.Add(server.ResidentBytes);
                    }
                }
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await end.CancelAsync();
        await reloading;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""

            ## {count} photos with faults

            PNG photos of {Side} x {Side} pixels from {Clients} clients; one in a hundred is broken, one in a hundred is left by its client after some milliseconds, and the model's file is replaced every 5 seconds ({reloads} times). It took {seconds:F0} s, {count / seconds:F1} photos a second.

            | outcome | requests |
            | --- | ---: |

            """));
        foreach ((string outcome, int requests) in outcomes.OrderByDescending(pair => pair.Value))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {outcome} | {requests} |");
        }

        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"\nResident memory of the server after each tenth, in MB: {string.Join(", ", memory.Select(bytes => (bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture)))}."));
        return text.ToString();
    }

    private static async Task<string> One(HttpClient http, byte[][] photos, string[] expected, int i)
    {
        byte[] photo = photos[i % Photos];
        switch (i % Every)
        {
            case 7:
                HttpResponseMessage refused = await Post(http, photo[..(photo.Length / 2)], default);
                return refused.StatusCode == HttpStatusCode.BadRequest ? "broken photo, refused with 400" : $"WRONG: broken photo, {(int)refused.StatusCode}";
            case 57:
                try
                {
                    using var leaves = new CancellationTokenSource(TimeSpan.FromMilliseconds(1 + (i / Every % 20)));
                    await Post(http, photo, leaves.Token);
                    return "client that wanted to leave, answered before";
                }
                catch (OperationCanceledException)
                {
                    return "client that left";
                }

            default:
                HttpResponseMessage answer = await Post(http, photo, default);
                string body = await answer.Content.ReadAsStringAsync();
                return answer.StatusCode == HttpStatusCode.OK && body == expected[i % Photos] ? "right answer" : $"WRONG: {(int)answer.StatusCode}";
        }
    }

    private static Task<HttpResponseMessage> Post(HttpClient http, byte[] photo, CancellationToken cancellation) =>
        http.PostAsync(new Uri("/v1/classify", UriKind.Relative), new ByteArrayContent(photo), cancellation);

    private static byte[] Photo(int index)
    {
        byte[] pixels = new byte[3 * Side * Side];
        CounterRandom random = new CounterRandom(3).Stream((ulong)index);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Below((ulong)(i / 48), 256);
        }

        return PngEncoder.Encode(new Image(Side, Side, pixels));
    }
}
