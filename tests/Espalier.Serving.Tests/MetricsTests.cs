using System.Text.RegularExpressions;

namespace Espalier.Serving.Tests;

public sealed partial class MetricsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GatedRuntime _gate = new() { Closed = true };

    public void Dispose()
    {
        _folder.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task Requests_batches_stages_and_the_queue_are_counted()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Runtime = _gate, Queue = 32 });
        List<Task> answers = [server.Post("/v1/classify", RunningServer.Photo(1))];
        await _gate.AwaitBatch();
        answers.AddRange(Enumerable.Range(0, 3).Select(i => server.Post("/v1/classify", RunningServer.Photo(i))));
        await RunningServer.Until(() => server.Queued() == 3);
        Assert.Contains("\nespalier_serving_queue_length{model=\"tiny\"} 3\n", (await server.Get("/metrics")).Text, StringComparison.Ordinal);
        _gate.Open();
        await Task.WhenAll(answers);
        await RunningServer.Read(server.Post("/v1/classify", [1, 2]));
        await RunningServer.Read(server.Post("/v1/classify?model=<evil>", RunningServer.Photo(1)));

        string metrics = (await server.Get("/metrics")).Text;
        foreach (string line in (string[])[
            "espalier_serving_queue_length{model=\"tiny\"} 0",
            "espalier_serving_requests_total{model=\"tiny\",outcome=\"ok\"} 4",
            "espalier_serving_requests_total{model=\"tiny\",outcome=\"invalid\"} 1",
            "espalier_serving_requests_total{model=\"\",outcome=\"invalid\"} 1",
            "espalier_serving_batch_size_bucket{model=\"tiny\",le=\"1\"} 1",
            "espalier_serving_batch_size_bucket{model=\"tiny\",le=\"2\"} 1",
            "espalier_serving_batch_size_bucket{model=\"tiny\",le=\"4\"} 2",
            "espalier_serving_batch_size_bucket{model=\"tiny\",le=\"+Inf\"} 2",
            "espalier_serving_batch_size_sum{model=\"tiny\"} 4",
            "espalier_serving_batch_size_count{model=\"tiny\"} 2",
            "espalier_serving_stage_duration_seconds_count{model=\"tiny\",stage=\"decode\"} 4",
            "espalier_serving_stage_duration_seconds_count{model=\"tiny\",stage=\"wait\"} 4",
            "espalier_serving_stage_duration_seconds_count{model=\"tiny\",stage=\"compute\"} 4",
            "espalier_serving_request_duration_seconds_bucket{model=\"tiny\",outcome=\"ok\",le=\"+Inf\"} 4",
            "# TYPE espalier_serving_stage_duration_seconds histogram",
            "# TYPE espalier_serving_requests_total counter",
            "# TYPE espalier_serving_queue_length gauge"])
        {
            Assert.Contains($"\n{line}\n", $"\n{metrics}", StringComparison.Ordinal);
        }

        Assert.DoesNotContain("evil", metrics, StringComparison.Ordinal);
        Assert.All(metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Two_servers_of_a_process_count_their_own()
    {
        _gate.Closed = false;
        await using RunningServer one = await RunningServer.OfTiny(_folder), other = await RunningServer.OfTiny(_folder);
        await RunningServer.Read(one.Post("/v1/classify", RunningServer.Photo(1)));
        Assert.Contains("outcome=\"ok\"} 1\n", (await one.Get("/metrics")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("espalier_serving_requests_total{", (await other.Get("/metrics")).Text, StringComparison.Ordinal);
    }

    /// <summary>What Prometheus' parser takes: a comment, or a name with labels and a number.</summary>
    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{([a-z]+="([^"\\]|\\.)*",?)*\} [0-9.eE+-]+)$""")]
    private static partial Regex Line();
}
