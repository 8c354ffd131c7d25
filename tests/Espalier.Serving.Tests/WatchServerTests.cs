using System.Text.Json.Nodes;
using Espalier.Imaging;
using Espalier.Training;
using Microsoft.AspNetCore.Builder;

namespace Espalier.Serving.Tests;

/// <summary>What the page of a training gets besides its events.</summary>
public sealed class WatchServerTests
{
    [Fact]
    public async Task Images_of_an_epoch_are_made_when_they_are_asked_for_and_once()
    {
        var feed = new TrainingFeed("tiny");
        await using WebApplication app = WatchServer.Create(feed, 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"the training has not begun"}"""), await Samples(client));

        var epochs = new List<int>();
        feed.Begin(
            epoch =>
            {
                epochs.Add(epoch);
                return [new AugmentedSample(TinyData.Picture(epoch), [("cat", 0.75), ("dog", 0.25)]), new AugmentedSample(TinyData.Picture(9), [("ship", 1)])];
            },
            4);
        Assert.Empty(epochs);
        (HttpStatusCode status, string text) = await Samples(client);
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal((status, text), await Samples(client));
        Assert.Equal(4, Assert.Single(epochs));

        JsonNode answer = JsonNode.Parse(text)!;
        Assert.Equal(5, answer["epoch"]!.GetValue<int>());
        Assert.Equal("""[{"label":"cat","fraction":0.75},{"label":"dog","fraction":0.25}]""", answer["samples"]![0]!["classes"]!.ToJsonString());
        Image image = ImageDecoder.Decode(Convert.FromBase64String(answer["samples"]![0]!["png"]!.GetValue<string>()));
        Assert.Equal((128, 128), (image.Width, image.Height));
        Assert.Equal(TinyData.Picture(4).Resize(128, 128, Interpolation.Nearest).Pixels.ToArray(), image.Pixels.ToArray());

        feed.Report(Step(7));
        Assert.Equal((status, text), await Samples(client)); // another epoch, but within five seconds
        await Task.Delay(TimeSpan.FromSeconds(5.1), TestContext.Current.CancellationToken);
        Assert.Equal(7, JsonNode.Parse((await Samples(client)).Text)!["epoch"]!.GetValue<int>());
        Assert.Equal([4, 6], epochs);
    }

    [Fact]
    public async Task Images_that_cannot_be_read_are_one_message()
    {
        var feed = new TrainingFeed("tiny");
        await using WebApplication app = WatchServer.Create(feed, 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        feed.Begin(_ => throw new EspalierException("cat/3.png: damaged"), 0);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal((HttpStatusCode.InternalServerError, """{"error":"cat/3.png: damaged"}"""), await Samples(client));
    }

    [Fact]
    public async Task Pruning_steps_come_with_the_curves()
    {
        var feed = new TrainingFeed("tiny");
        for (int step = 1; step <= 1000; step++)
        {
            feed.Report(new GradualPruningStep((step / 100) + 1, step, 1000, step / 2));
            feed.Report(Step((step / 100) + 1));
        }

        feed.End("The training is finished.");
        var events = new List<string>();
        await foreach (string text in feed.ReadAsync(TestContext.Current.CancellationToken))
        {
            events.Add(text);
        }

        JsonNode charts = JsonNode.Parse(events.Single(text => text.StartsWith("event: charts", StringComparison.Ordinal)).Split("data: ")[1])!;
        JsonArray pruning = charts["pruning"]!.AsArray();
        Assert.Equal(100, pruning.Count);
        Assert.Equal("""{"epoch":11,"step":1000,"weights":1000,"masked":500}""", pruning[^1]!.ToJsonString());
        Assert.Contains("Sparsity by step", charts["charts"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static TrainingProgress Step(int epoch) => new(epoch, 10, epoch * 100, 1000, 0.1, 1, 1, 0.5, 100, TimeSpan.Zero);

    private static Task<(HttpStatusCode Status, string Text)> Samples(HttpClient client) => RunningServer.Read(client.GetAsync(new Uri("/v1/training/samples", UriKind.Relative), TestContext.Current.CancellationToken));
}
