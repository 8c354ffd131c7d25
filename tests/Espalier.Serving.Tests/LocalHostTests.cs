using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Espalier.Serving.Tests;

/// <summary>DNS rebinding: a page of another site that points its own name at this machine gets no answer from a server that listens on this machine alone.</summary>
public sealed class LocalHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:8000")]
    public async Task Requests_for_this_machine_are_answered(string host)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        foreach (string address in (string[])["/", "/page/page.js", "/v1/models", "/v2/health/ready"])
        {
            Assert.Equal(HttpStatusCode.OK, (await Get(server.Client, address, host)).Status);
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8000")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil-localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("[::2]:80")]
    public async Task Requests_for_other_hosts_are_refused_at_every_address(string host)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Token = "s3cret" });
        foreach (string address in (string[])["/", "/page/page.js", "/v1/models", "/v2/health/live", "/nothing"])
        {
            (HttpStatusCode status, string text) = await Get(server.Client, address, host);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, status);
            Assert.Equal($$"""{"error":"this server answers its own machine alone: the request's host must be localhost, 127.0.0.1 or [::1], with any port; found '{{host}}'"}""", text);
        }

        using HttpResponseMessage photo = await server.Post("/v1/classify", RunningServer.Photo(1), ("Host", host), ("Authorization", "Bearer s3cret"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, photo.StatusCode);
    }

    [Fact]
    public async Task Grpc_is_for_this_machine_too()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        Assert.True((await server.Grpc.ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc.ServerReadyAsync(new(), new CallOptions(new Metadata { { "host", "evil.example" } }, cancellationToken: TestContext.Current.CancellationToken)));
        Assert.Contains("421", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_for_other_machines_has_names_that_it_does_not_know()
    {
        await using WebApplication app = ModelServer.Create(new ServingOptions { Models = [TinyData.WriteModel(_folder)], Threads = 1 }, new ServerAddress { Host = IPAddress.Any }, LogLevel.None);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{new Uri(app.Urls.Single()).Port}") };
        Assert.Equal(HttpStatusCode.OK, (await Get(client, "/v2/health/ready", "models.example")).Status);
    }

    [Fact]
    public async Task The_page_of_a_training_is_for_this_machine_too()
    {
        await using WebApplication app = WatchServer.Create(new TrainingFeed("cifar_resnet8"), 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await Get(client, "/", "localhost")).Status);
        foreach (string address in (string[])["/", "/page/watch.js", "/v1/training"])
        {
            Assert.Equal(HttpStatusCode.MisdirectedRequest, (await Get(client, address, "evil.example")).Status);
        }
    }

    private static Task<(HttpStatusCode Status, string Text)> Get(HttpClient client, string address, string host)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = host;
        return RunningServer.Read(client.SendAsync(request, TestContext.Current.CancellationToken));
    }
}
