using System.Globalization;

namespace Espalier.Serving.Tests;

/// <summary>Batches, the bounded queue, deadlines and clients that go, with a network that waits at a gate.</summary>
public sealed class QueueTests : IDisposable
{
    private const string Infer = "/v2/models/tiny/infer";

    private readonly TemporaryFolder _folder = new();
    private readonly GatedRuntime _gate = new() { Closed = true };

    public void Dispose()
    {
        _folder.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task What_arrives_while_a_batch_is_computed_is_the_next_batch()
    {
        await using RunningServer server = await Start();
        List<Task> answers = [Ask(server, 0)];
        await _gate.AwaitBatch();
        answers.AddRange(Enumerable.Range(1, 11).Select(i => Ask(server, i)));
        await RunningServer.Until(() => server.Queued() == 11);
        _gate.Open();
        await Task.WhenAll(answers);
        Assert.Equal([1, 8, 3], _gate.Batches);
    }

    [Fact]
    public async Task Requests_of_several_samples_are_not_divided()
    {
        await using RunningServer server = await Start();
        List<Task> answers = [Ask(server, 0)];
        await _gate.AwaitBatch();
        foreach (int samples in (int[])[3, 4, 2, 8, 1])
        {
            int queued = server.Queued();
            answers.Add(Ask(server, 20 + answers.Count, samples));
            await RunningServer.Until(() => server.Queued() == queued + samples);
        }

        _gate.Open();
        await Task.WhenAll(answers);
        Assert.Equal([1, 7, 2, 8, 1], _gate.Batches);
    }

    [Fact]
    public async Task The_first_waits_for_others_as_long_as_it_may()
    {
        _gate.Closed = false;
        await using RunningServer server = await Start(options => options with { MaxWait = TimeSpan.FromMinutes(1) });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Ask(server, i)));
        Assert.Equal([8], _gate.Batches);
    }

    [Fact]
    public async Task After_the_wait_it_is_computed_alone()
    {
        _gate.Closed = false;
        await using RunningServer server = await Start(options => options with { MaxWait = TimeSpan.FromMilliseconds(5) });
        await Ask(server, 0);
        Assert.Equal([1], _gate.Batches);
    }

    [Fact]
    public async Task A_full_queue_answers_at_once_and_says_when_to_try_again()
    {
        await using RunningServer server = await Start(options => options with { MaxBatch = 2, Queue = 3 });
        List<Task> answers = [Ask(server, 0)];
        await _gate.AwaitBatch();
        answers.AddRange(Enumerable.Range(1, 3).Select(i => Ask(server, i)));
        await RunningServer.Until(() => server.Queued() == 3);
        using (HttpResponseMessage refused = await server.PostJson(Infer, TinyTensors.Request(TinyTensors.Samples(1))))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("""{"error":"the queue of tiny is full (3 samples)"}""", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 100);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1)))).Status);
        _gate.Open();
        await Task.WhenAll(answers);
        await Ask(server, 9);
    }

    [Theory]
    [InlineData("""{"parameters":{"timeout":200000},""", null)]
    [InlineData("{", "200")]
    public async Task A_request_whose_deadline_passes_is_not_computed(string start, string? header)
    {
        await using RunningServer server = await Start();
        Task first = Ask(server, 0);
        await _gate.AwaitBatch();
        string request = start + TinyTensors.Request(TinyTensors.Samples(1))[1..];
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, request, header is null ? [] : [("X-Timeout-Ms", header)]));
        Assert.Equal((HttpStatusCode.GatewayTimeout, """{"error":"the deadline of the request passed before it was computed"}"""), (status, text));
        Assert.Equal(0, server.Queued());
        _gate.Open();
        await first;
        await Ask(server, 1);
        Assert.Equal([1, 1], _gate.Batches);
    }

    [Fact]
    public async Task A_deadline_is_a_number() => Assert.Equal(
        (HttpStatusCode.BadRequest, """{"error":"the header X-Timeout-Ms is '-1'; expected a whole number of milliseconds"}"""),
        await Answer(server => server.PostJson(Infer, TinyTensors.Request(TinyTensors.Samples(1)), ("X-Timeout-Ms", "-1"))));

    [Fact]
    public async Task A_client_that_goes_leaves_the_queue()
    {
        await using RunningServer server = await Start();
        Task first = Ask(server, 0);
        await _gate.AwaitBatch();
        using var gone = new CancellationTokenSource();
        Task<HttpResponseMessage> leaving = server.PostUntil("/v1/classify", RunningServer.Photo(1), gone.Token);
        await RunningServer.Until(() => server.Queued() == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await RunningServer.Until(() => server.Queued() == 0);
        _gate.Open();
        await first;
        await Ask(server, 1);
        Assert.Equal([1, 1], _gate.Batches);
        await RunningServer.Until(() => server.Get("/metrics").Result.Text.Contains("""espalier_serving_requests_total{model="tiny",outcome="cancelled"} 1""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_that_fails_is_told_to_its_requests_without_the_machines_secrets()
    {
        (_gate.Closed, _gate.Error) = (false, new IOException("/home/me/secret.espalier is gone"));
        await using RunningServer server = await Start();
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, TinyTensors.Request(TinyTensors.Samples(1)), ("X-Request-Id", "r1")));
        Assert.Equal((HttpStatusCode.InternalServerError, """{"error":"internal error; the log has it under the request id r1"}"""), (status, text));
        _gate.Error = null;
        await Ask(server, 1);
    }

    private Task<RunningServer> Start(Func<ServingOptions, ServingOptions>? change = null) => RunningServer.OfTiny(_folder, options =>
    {
        options = options with { Runtime = _gate, MaxBatch = 8 };
        return change?.Invoke(options) ?? options;
    });

    private async Task<(HttpStatusCode, string)> Answer(Func<RunningServer, Task<HttpResponseMessage>> ask)
    {
        await using RunningServer server = await Start();
        return await RunningServer.Read(ask(server));
    }

    /// <summary>Asks for samples and checks the answer's bits.</summary>
    private static async Task Ask(RunningServer server, int seed, int samples = 1)
    {
        float[] input = TinyTensors.Samples(samples, seed);
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, TinyTensors.Request(input)));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(TinyTensors.Logits(input), TinyTensors.Data(text));
    }
}
