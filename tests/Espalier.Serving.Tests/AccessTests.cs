using Espalier.Serving.Proto;
using Grpc.Core;

namespace Espalier.Serving.Tests;

/// <summary>Tokens, limits, and what answers do not tell.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_but_probes_need_the_token()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Token = "s3cret" });
        foreach (string address in (string[])["/v2/health/live", "/v2/health/ready", "/v2/models/tiny/ready"])
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Get(address)).Status);
        }

        foreach (string address in (string[])["/v2", "/v2/models/tiny", "/metrics", "/openapi.json", "/v2/nothing"])
        {
            Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"the request has no token; expected the header 'Authorization: Bearer …'"}"""), await server.Get(address));
        }

        using (HttpResponseMessage refused = await server.Post("/v1/classify", RunningServer.Photo(1), ("Authorization", "Bearer s3cre")))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
            Assert.Equal("""{"error":"the request's token is not the server's"}""", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(HttpStatusCode.OK, (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1), ("Authorization", "Bearer s3cret")))).Status);
    }

    [Fact]
    public async Task Grpc_needs_the_token_too()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Token = "s3cret" });
        Assert.True((await server.Grpc.ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc.ModelMetadataAsync(new() { Name = "tiny" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        ModelMetadataResponse answer = await server.Grpc.ModelMetadataAsync(new() { Name = "tiny" }, new Metadata { { "authorization", "Bearer s3cret" } }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("tiny", answer.Name);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxBodyBytes = 5000 });
        const string Error = """{"error":"the request's body has more than the limit of 5000 bytes"}""";
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Error), await RunningServer.Read(server.Post("/v1/classify", new byte[5001])));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Error), await RunningServer.Read(server.Post("/v2/models/tiny/infer", new byte[6000])));
        using var chunked = new StreamContent(new MemoryStream(new byte[100_000]));
        var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/tiny/infer") { Content = chunked };
        request.Headers.TransferEncodingChunked = true;
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Error), await RunningServer.Read(server.Client.SendAsync(request, TestContext.Current.CancellationToken)));
        Assert.Equal(HttpStatusCode.OK, (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1)))).Status);
    }

    [Fact]
    public async Task More_samples_than_a_batch_are_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxBatch = 2 });
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the request has 3 samples, more than the limit of 2"}"""), await RunningServer.Read(server.PostJson("/v2/models/tiny/infer", TinyTensors.Request(TinyTensors.Samples(3)))));
    }

    [Fact]
    public async Task No_answer_has_a_path_of_the_machine()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        var answers = new List<string>();
        foreach (string address in (string[])["/", "/v2", "/v2/health/ready", "/v2/models/tiny", "/v2/models/none", "/v2/models/tiny/versions/../x", "/metrics", "/openapi.json", "/%2e%2e/etc/passwd"])
        {
            answers.Add((await server.Get(address)).Text);
        }

        foreach (byte[] body in (byte[][])[[], [1, 2, 3], RunningServer.Photo(1)[..500], "{}"u8.ToArray(), RunningServer.Photo(1)])
        {
            answers.Add((await RunningServer.Read(server.Post("/v1/classify", body))).Text);
            answers.Add((await RunningServer.Read(server.Post("/v2/models/tiny/infer", body))).Text);
        }

        Assert.All(answers, answer => Assert.DoesNotMatch("espalier-test-|\\.espalier|/tmp|/work|/home| at Espalier\\.", answer));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("kö")]
    public void A_token_is_visible_ascii(string token) => Assert.Throws<ArgumentException>(() => new ServingOptions { Token = token }.Require());

    [Fact]
    public void Options_have_ranges()
    {
        ServingOptions[] wrong = [new() { MaxBatch = 0 }, new() { Queue = 31 }, new() { MaxWait = TimeSpan.FromSeconds(-1) }, new() { MaxBodyBytes = 0 }, new() { MaxPixels = 0 }, new() { Threads = -1 }, new() { DecodeThreads = -1 }, new() { ReloadInterval = TimeSpan.FromDays(2) }];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(options.Require));
        new ServingOptions().Require();
    }
}
