using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Espalier.Serving.Tests;

public sealed class InformationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Probes_and_metadata_are_the_protocols_json()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        string tiny = $$"""{"name":"tiny","versions":["1"],"platform":"espalier","inputs":[{"name":"{{TinyTensors.Input}}","datatype":"FP32","shape":[-1,3,32,32]}],"outputs":[{"name":"{{TinyTensors.Output}}","datatype":"FP32","shape":[-1,10]}]}""";
        Assert.Equal((HttpStatusCode.OK, """{"name":"espalier","version":"0.1.0","extensions":["binary_tensor_data","model_repository_reload"]}"""), await server.Get("/v2"));
        Assert.Equal((HttpStatusCode.OK, """{"live":true}"""), await server.Get("/v2/health/live"));
        Assert.Equal((HttpStatusCode.OK, """{"ready":true}"""), await server.Get("/v2/health/ready"));
        Assert.Equal((HttpStatusCode.OK, tiny), await server.Get("/v2/models/tiny"));
        Assert.Equal((HttpStatusCode.OK, tiny), await server.Get("/v2/models/tiny/versions/1"));
        Assert.Equal((HttpStatusCode.OK, """{"name":"tiny","ready":true}"""), await server.Get("/v2/models/tiny/ready"));
        Assert.Equal((HttpStatusCode.OK, """{"name":"tiny","ready":true}"""), await server.Get("/v2/models/tiny/versions/1/ready"));
    }

    [Theory]
    [InlineData("/v2/models/other", "there is no model 'other'; there is tiny")]
    [InlineData("/v2/models/other/ready", "there is no model 'other'; there is tiny")]
    [InlineData("/v2/models/tiny/versions/2", "there is no version '2' of tiny; there is 1")]
    [InlineData("/v2/model", "there is no GET /v2/model; /openapi.json lists what there is")]
    [InlineData("/v2/models/tiny/infer", "there is no GET /v2/models/tiny/infer; /openapi.json lists what there is")]
    [InlineData("/other", "there is no GET /other; /openapi.json lists what there is")]
    public async Task What_is_not_there_is_an_error_of_the_protocol(string address, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        Assert.Equal((HttpStatusCode.NotFound, $$"""{"error":"{{error}}"}"""), await server.Get(address));
    }

    [Fact]
    public async Task The_openapi_document_has_every_address_and_no_other()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        (HttpStatusCode status, string text) = await server.Get("/openapi.json");
        IEnumerable<string> documented = JsonNode.Parse(text)!["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}"));
        IEnumerable<string> mapped = server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.Contains("GRPC", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText.Contains("**", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText.Contains("unimplemented", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText.Contains("*path", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD").Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(mapped.Order(), documented.Order());
        Assert.All(References(JsonNode.Parse(text)!), reference => Assert.NotNull(JsonNode.Parse(text)!["components"]!["schemas"]![reference]));
    }

    [Fact]
    public async Task A_request_keeps_its_id_and_gets_one_otherwise()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        Assert.Equal("order-17", await IdOf("order-17"));
        Assert.Matches("^[0-9a-f]{32}$", await IdOf(null));
        Assert.Matches("^[0-9a-f]{32}$", await IdOf("a b"));
        Assert.Matches("^[0-9a-f]{32}$", await IdOf(new string('a', 65)));

        async Task<string> IdOf(string? id)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v2");
            request.Headers.TryAddWithoutValidation("X-Request-Id", id);
            using HttpResponseMessage answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        }
    }

    private static IEnumerable<string> References(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>().Split('/')[^1]] : member.Value is null ? [] : References(member.Value)),
        JsonArray list => list.SelectMany(item => References(item!)),
        _ => [],
    };
}
