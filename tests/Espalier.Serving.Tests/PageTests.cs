using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Espalier.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace Espalier.Serving.Tests;

/// <summary>The page's files, and what it asks for: models, explanations, reports.</summary>
public sealed partial class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_that_the_page_refers_to_is_there_and_nothing_else_is_allowed()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using HttpResponseMessage index = await server.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/html; charset=utf-8", index.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", Assert.Single(index.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(index.Headers.GetValues("X-Content-Type-Options")));

        string html = await index.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var open = new Queue<string>(Reference().Matches(html).Select(match => match.Groups[1].Value));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out string? file))
        {
            if (seen.Add(file))
            {
                (HttpStatusCode status, string text) = await server.Get($"/page/{file}");
                Assert.True(status == HttpStatusCode.OK, file);
                Import().Matches(text).Select(match => match.Groups[1].Value).ToList().ForEach(open.Enqueue);
            }
        }

        Assert.InRange(seen.Count, 15, 30);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Get("/page/none.js")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Get("/page/index.html")).Status);
    }

    [Fact]
    public async Task A_file_that_the_browser_has_is_not_sent_again()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using HttpResponseMessage first = await server.Client.GetAsync(new Uri("/page/page.js", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/javascript; charset=utf-8", first.Content.Headers.ContentType!.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page/page.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage again = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Models_are_listed_with_their_layers()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        JsonNode model = Assert.Single(JsonNode.Parse((await server.Get("/v1/models")).Text)!["models"]!.AsArray())!;
        Graph graph = TinyData.Model().Graph;
        Assert.Equal(("tiny", 1, true, 10), (model["name"]!.GetValue<string>(), model["version"]!.GetValue<int>(), model["photos"]!.GetValue<bool>(), model["classes"]!.GetValue<int>()));
        Assert.Equal(269_722, model["parameters"]!.GetValue<int>());
        JsonNode layer = model["nodes"]!.AsArray().Single(node => node!["name"]!.GetValue<string>() == "layer2.0.conv1")!;
        ReceptiveField field = ReceptiveField.Of(graph)["layer2.0.conv1"];
        Assert.Equal($$"""{"name":"layer2.0.conv1","kind":"conv2d","channels":32,"size":[16,16],"field":[{{field.Field.Height}},{{field.Field.Width}}],"stride":[2,2]}""", layer.ToJsonString());
    }

    [Fact]
    public async Task A_class_activation_map_has_the_explainers_numbers()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using var explainer = new PhotoExplainer(TinyData.Model());
        ExplainedPhoto photo = explainer.Read(TinyData.Picture(1));
        string label = photo.Predictions[2].Label;
        foreach ((string query, int rank) in ((string, int)[])[("", 0), ($"&class={label}", 2), ($"&class={photo.Predictions[1].Class}", 1)])
        {
            (HttpStatusCode status, string text) = await RunningServer.Read(server.Post($"/v1/explain?kind=cam{query}", RunningServer.Photo(1)));
            Assert.True(status == HttpStatusCode.OK, text);
            JsonNode answer = JsonNode.Parse(text)!;
            ClassActivationMap map = explainer.ClassActivation(photo, new ClassActivationOptions { Class = photo.Predictions[rank].Class }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(map.Values.ToArray(), answer["map"]!.AsArray().SelectMany(row => row!.AsArray().Select(value => value!.GetValue<float>())));
            Assert.Equal((map.Low, map.High, map.Node, "grad-cam"), (answer["low"]!.GetValue<float>(), answer["high"]!.GetValue<float>(), answer["node"]!.GetValue<string>(), answer["method"]!.GetValue<string>()));
            Assert.Equal((map.Prediction.Class, map.Prediction.Probability), (answer["class"]!.GetValue<int>(), answer["probability"]!.GetValue<double>()));
        }
    }

    [Theory]
    [InlineData("layer1.0.conv1")]
    [InlineData("layer3.2")]
    [InlineData("avgpool")]
    public async Task Feature_maps_come_as_a_picture_and_the_region_of_each_unit(string node)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using var explainer = new PhotoExplainer(TinyData.Model());
        FeatureMaps maps = explainer.Maps(explainer.Read(TinyData.Picture(1)), node);
        JsonNode answer = JsonNode.Parse((await RunningServer.Read(server.Post($"/v1/explain?kind=maps&node={node}", RunningServer.Photo(1)))).Text)!;
        Assert.Equal(PngEncoder.Encode(maps.Draw()), Convert.FromBase64String(answer["png"]!.GetValue<string>()));
        Assert.Equal((maps.Node, maps.Channels), (answer["node"]!.GetValue<string>(), answer["channels"]!.GetValue<int>()));
        for (int unit = 0; unit < maps.Size.Area; unit++)
        {
            PixelBox box = ReceptiveRegion.Of(explainer.Model.Graph, maps.Node, unit / maps.Size.Width, unit % maps.Size.Width).Inside!.Value;
            Assert.Equal([box.Top, box.Bottom, box.Left, box.Right], Pair("row_regions", unit / maps.Size.Width).Concat(Pair("column_regions", unit % maps.Size.Width)));
        }

        long[] Pair(string name, int at) => [.. answer[name]![at]!.AsArray().Select(value => value!.GetValue<long>())];
    }

    [Theory]
    [InlineData("", "kind is ''; expected cam or maps")]
    [InlineData("?kind=saliency", "kind is 'saliency'; expected cam or maps")]
    [InlineData("?kind=maps&class=rose", "feature maps are of no class; expected no parameter 'class'")]
    [InlineData("?kind=cam&layer=x", "the address has the parameter 'layer'; expected model, version, kind, node, class, each at most once")]
    [InlineData("?kind=cam&class=99", "the model has no class '99'; expected a label or an index from 0 to 9")]
    [InlineData("?kind=cam&node=avgpool", "'avgpool' has no feature map to locate a class in: it is of shape ")]
    [InlineData("?kind=maps&node=layer9", "the network has no node or scope 'layer9'")]
    public async Task What_cannot_be_explained_is_refused(string query, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        (HttpStatusCode status, string text) = await RunningServer.Read(server.Post("/v1/explain" + query, RunningServer.Photo(1)));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(error, JsonNode.Parse(text)!["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_photo_is_not_explained()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxPixels = 1500, MaxBodyBytes = 8000 });
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", "GIF89a"u8.ToArray()))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", PngEncoder.Encode(new Image(50, 31, new byte[50 * 31 * 3]))))).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", new byte[8001]))).Status);
    }

    [Fact]
    public async Task Explanations_beyond_the_queue_are_refused_while_photos_are_classified()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        ExplanationQueue queue = server.Services.GetRequiredService<ExplanationQueue>();
        Admission.Place[] places = [.. Enumerable.Range(0, 8).Select(_ => queue.Enter())];
        using (HttpResponseMessage refused = await server.Post("/v1/explain?kind=cam", RunningServer.Photo(1)))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            Assert.Equal("""{"error":"the queue of explanations is full (8)"}""", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Get("/v1/report")).Status);
        Assert.Equal(HttpStatusCode.OK, (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1)))).Status);
        places[0].Dispose();
        Assert.Equal(HttpStatusCode.OK, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", RunningServer.Photo(1)))).Status);
    }

    [Fact]
    public async Task The_report_is_the_librarys()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        new ModelSource(_folder["tiny.espalier"]).Load().WriteReport(_folder.File("report.html"), new ModelReportOptions { Name = "tiny" }, TestContext.Current.CancellationToken);
        string expected = await File.ReadAllTextAsync(_folder["report.html"], TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, expected), await server.Get("/v1/report"));
        Assert.Equal((HttpStatusCode.OK, expected), await server.Get("/v1/report?model=tiny&version=1"));
    }

    [Fact]
    public async Task The_page_needs_no_token_and_what_it_shows_does()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Token = "s3cret" });
        Assert.Equal(HttpStatusCode.OK, (await server.Get("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Get("/page/page.js")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Get("/v1/models")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Get("/v1/report")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", RunningServer.Photo(1)))).Status);
    }

    [Fact]
    public async Task Without_the_page_none_of_it_is_there()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Page = false });
        foreach (string address in (string[])["/", "/page/page.js", "/v1/models", "/v1/report"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.Get(address)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await RunningServer.Read(server.Post("/v1/explain?kind=cam", RunningServer.Photo(1)))).Status);
        Assert.Equal(HttpStatusCode.OK, (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1)))).Status);
    }

    [Fact]
    public async Task An_answer_tells_the_time_of_each_stage()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using HttpResponseMessage answer = await server.Post("/v1/classify", RunningServer.Photo(1));
        Assert.Matches(@"^decode;dur=[\d.]+, wait;dur=[\d.]+, compute;dur=[\d.]+$", string.Join(", ", answer.Headers.GetValues("Server-Timing")));
        using HttpResponseMessage refused = await server.Post("/v1/classify", []);
        Assert.False(refused.Headers.Contains("Server-Timing"));
    }

    [GeneratedRegex("(?:href|src)=\"page/([\\w.-]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("""^import .* from '\./([\w.-]+)';$""", RegexOptions.Multiline)]
    private static partial Regex Import();
}
