using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Espalier.Cli.Tests;

/// <summary>A training that is watched by another program over its addresses.</summary>
public sealed class WatchOptionTests
{
    [Fact]
    public async Task Watching_fine_tuning_shows_steps_pruning_and_images_and_changes_no_bit()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of([.. Finetune(other)]).Code);

        int port = FreePort();
        Task<CliRun> training = Task.Run(() => CliRun.Of([.. Finetune(folder), "--watch", $"{port}"]), TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (string events, string images) = await Watch(client, training);
        CliRun run = await training;
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains($"watch the training at http://127.0.0.1:{port}", run.Error, StringComparison.Ordinal);

        Assert.StartsWith("event: begin\ndata: {\"title\":\"tiny\"}\n\n", events, StringComparison.Ordinal);
        Assert.Matches("event: step\ndata: {\"epoch\":[1-3],\"epochs\":3,", events); // of the epoch in which the reader came
        using JsonDocument charts = JsonDocument.Parse(events.Split("event: charts\ndata: ")[^1].Split('\n')[0]);
        Assert.Equal(3, charts.RootElement.GetProperty("epochs").GetArrayLength());
        JsonElement last = charts.RootElement.GetProperty("pruning").EnumerateArray().Last();
        Assert.Equal(0.5, last.GetProperty("masked").GetDouble() / last.GetProperty("weights").GetDouble(), 0.001);
        Assert.EndsWith("event: end\ndata: {\"how\":\"The training is finished.\"}\n\n", events, StringComparison.Ordinal);
        using JsonDocument samples = JsonDocument.Parse(images);
        Assert.Equal(8, samples.RootElement.GetProperty("samples").GetArrayLength()); // a batch

        Assert.Equal(File.ReadAllBytes(other.File("run/model.espalier")), File.ReadAllBytes(folder.File("run/model.espalier")));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("finetune")]
    public void A_port_that_is_taken_is_one_line_and_nothing_is_written(string verb)
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string[] arguments = verb == "train" ? TrainVerbTests.Arguments(folder, "--epochs", "1") : Finetune(folder);
        Assert.Contains("address already in use", CliRun.Of([.. arguments, "--watch", $"{((IPEndPoint)taken.LocalEndpoint).Port}"]).UserError(), StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.File("run")));
    }

    /// <summary>Reads all events and, when the training has begun, the images of an epoch.</summary>
    private static async Task<(string Events, string Images)> Watch(HttpClient client, Task<CliRun> training)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        while (!training.IsCompleted)
        {
            try
            {
                Task<string> events = client.GetStringAsync(new Uri("/v1/training", UriKind.Relative), cancellation);
                string images;
                do
                {
                    await Task.Delay(2, cancellation);
                    using HttpResponseMessage answer = await client.GetAsync(new Uri("/v1/training/samples", UriKind.Relative), cancellation);
                    images = answer.StatusCode == HttpStatusCode.NotFound ? "" : await answer.Content.ReadAsStringAsync(cancellation);
                }
                while (images.Length == 0);
                return (await events, images);
            }
            catch (HttpRequestException) when (!training.IsCompleted)
            {
                await Task.Delay(2, cancellation); // the page is not there yet
            }
        }

        return ("", "");
    }

    private static string[] Finetune(TemporaryFolder folder) =>
    [
        "finetune", TinyData.WriteModel(folder), "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--epochs", "3", "--validation-share", "0.2", "--threads", "1",
        "--prune-to", "0.5", "--prune-every", "2", "--mixup", "0.2",
    ];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
