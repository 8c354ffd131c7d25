using System.Net.Http.Headers;
using System.Text;
using Espalier.Imaging;
using Espalier.Serving.Proto;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Espalier.Serving.Tests;

/// <summary>A server on free ports of this machine, with clients.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private RunningServer(WebApplication app)
    {
        _app = app;
        string[] addresses = [.. app.Urls];
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 }) { BaseAddress = new Uri(addresses[0]) };
        _channel = GrpcChannel.ForAddress(addresses[1]);
        Grpc = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
    }

    internal HttpClient Client { get; }

    internal GRPCInferenceService.GRPCInferenceServiceClient Grpc { get; }

    internal IServiceProvider Services => _app.Services;

    internal ModelCatalog Catalog => Services.GetRequiredService<ModelCatalog>();

    /// <summary>Starts a server of one tiny model.</summary>
    internal static Task<RunningServer> OfTiny(TemporaryFolder folder, Func<ServingOptions, ServingOptions>? change = null)
    {
        var options = new ServingOptions { Models = [TinyData.WriteModel(folder)], Threads = 1, ReloadInterval = TimeSpan.Zero };
        return Start(change?.Invoke(options) ?? options);
    }

    internal static async Task<RunningServer> Start(ServingOptions options)
    {
        WebApplication app = ModelServer.Create(options, new ServerAddress { GrpcPort = 0 }, LogLevel.None);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(app);
    }

    /// <summary>A photo as the bytes of a PNG file.</summary>
    internal static byte[] Photo(int seed) => PngEncoder.Encode(TinyData.Picture(seed));

    internal Task<HttpResponseMessage> Post(string address, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts as a client that may go away.</summary>
    internal Task<HttpResponseMessage> PostUntil(string address, byte[] body, CancellationToken gone) => Client.PostAsync(new Uri(address, UriKind.Relative), new ByteArrayContent(body), gone);

    internal Task<HttpResponseMessage> PostJson(string address, string json, params (string Name, string Value)[] headers) => Post(address, Encoding.UTF8.GetBytes(json), headers);

    /// <summary>An answer's status and text.</summary>
    internal static async Task<(HttpStatusCode Status, string Text)> Read(Task<HttpResponseMessage> answering)
    {
        using HttpResponseMessage answer = await answering;
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal Task<(HttpStatusCode Status, string Text)> Get(string address) => Read(Client.GetAsync(address, TestContext.Current.CancellationToken));

    /// <summary>Waits until something holds.</summary>
    internal static async Task Until(Func<bool> holds)
    {
        for (long start = Environment.TickCount64; !holds(); await Task.Delay(1, TestContext.Current.CancellationToken))
        {
            Assert.True(Environment.TickCount64 - start < 120_000, "it did not happen within two minutes");
        }
    }

    /// <summary>The samples that are accepted and not yet computed.</summary>
    internal int Queued(string model = "tiny")
    {
        using ModelCatalog.Lease lease = Catalog.Use(model, null);
        return lease.Model.Admission.Count;
    }

    /// <summary>Stops it as a signal does.</summary>
    internal Task Stop() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    internal static MediaTypeHeaderValue Type(string type) => MediaTypeHeaderValue.Parse(type);
}
