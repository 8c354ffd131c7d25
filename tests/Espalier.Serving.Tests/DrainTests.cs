namespace Espalier.Serving.Tests;

public sealed class DrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GatedRuntime _gate = new() { Closed = true };

    public void Dispose()
    {
        _folder.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task A_server_that_stops_answers_what_it_has_accepted_and_refuses_the_rest()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Runtime = _gate, MaxBatch = 2 });
        Task<(HttpStatusCode Status, string Text)>[] accepted = [.. Enumerable.Range(0, 5).Select(i => RunningServer.Read(server.PostJson("/v2/models/tiny/infer", TinyTensors.Request(TinyTensors.Samples(1, i)))))];
        await _gate.AwaitBatch();
        await RunningServer.Until(() => server.Queued() + _gate.Batches.Sum() == 5);
        Task stopping = server.Stop();
        await RunningServer.Until(() => server.Get("/v2/health/ready").Result == (HttpStatusCode.ServiceUnavailable, """{"ready":false}"""));
        Assert.Equal((HttpStatusCode.OK, """{"live":true}"""), await server.Get("/v2/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"name":"tiny","ready":false}"""), await server.Get("/v2/models/tiny/ready"));
        using (HttpResponseMessage refused = await server.Post("/v1/classify", RunningServer.Photo(1)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.ConnectionClose);
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
            Assert.Equal("""{"error":"the server is shutting down"}""", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.False(stopping.IsCompleted);
        _gate.Open();
        for (int i = 0; i < accepted.Length; i++)
        {
            (HttpStatusCode status, string text) = await accepted[i];
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(TinyTensors.Logits(TinyTensors.Samples(1, i)), TinyTensors.Data(text));
        }

        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Get("/v2/health/live"));
    }

    [Fact]
    public async Task A_server_without_requests_stops_at_once()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        await server.Stop();
    }
}
