using System.Text.Json.Nodes;

namespace Espalier.Serving.Tests;

public sealed class InferTests : IDisposable
{
    private const string Infer = "/v2/models/tiny/infer";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flat_list_is_answered_with_the_predictors_bits()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(2), logits = TinyTensors.Logits(samples);
        string request = $$"""{"id":"42","parameters":{"sequence_id":0},"inputs":[{"name":"{{TinyTensors.Input}}","shape":[2,3,32,32],"datatype":"FP32","data":[{{TinyTensors.Json(samples)}}]}],"outputs":[{"name":"{{TinyTensors.Output}}"}]}""";
        string expected = $$"""{"model_name":"tiny","model_version":"1","id":"42","outputs":[{"name":"{{TinyTensors.Output}}","datatype":"FP32","shape":[2,10],"data":[{{TinyTensors.Json(logits)}}]}]}""";
        using HttpResponseMessage answer = await server.PostJson(Infer, request);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, text);
        Assert.Equal(logits, TinyTensors.Data(text));
        Assert.Equal(text, (await RunningServer.Read(server.PostJson("/v2/models/tiny/versions/1/infer", request))).Text);
    }

    [Fact]
    public async Task Nested_lists_and_numbers_of_double_precision_are_the_same_tensor()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(1);
        string nested = string.Join(",", samples.Chunk(1024).Select(plane => $"[{string.Join(",", plane.Chunk(32).Select(row => $"[{string.Join(",", row.Select(value => ((double)value).ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}]"))}]"));
        // Members in another order, as a client's dictionary may have them.
        string request = $$"""{"inputs":[{"data":[[{{nested}}]],"datatype":"FP32","shape":[1,3,32,32],"name":"{{TinyTensors.Input}}"}]}""";
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, request));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(TinyTensors.Logits(samples), TinyTensors.Data(text));
        Assert.Null(JsonNode.Parse(text)!["id"]);
    }

    [Fact]
    public async Task Pixels_are_normalized_as_those_of_a_photo()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using ImageClassifier classifier = ImageClassifier.Load(_folder["tiny.espalier"]);
        byte[] rgb = TinyData.Picture(3).Pixels.ToArray();
        byte[] planes = [.. Enumerable.Range(0, 3).SelectMany(channel => rgb.Where((_, i) => i % 3 == channel))];
        float[] expected = [.. classifier.Classify(TinyData.Picture(3), 10).OrderBy(prediction => prediction.Class).Select(prediction => prediction.Logit)];
        (_, string numbers) = await RunningServer.Read(server.PostJson(Infer, $$"""{"inputs":[{"name":"{{TinyTensors.Input}}","shape":[1,3,32,32],"datatype":"UINT8","data":[{{string.Join(",", planes)}}]}]}"""));
        Assert.Equal(expected, TinyTensors.Data(numbers));
        string json = $$$"""{"inputs":[{"name":"{{{TinyTensors.Input}}}","shape":[1,3,32,32],"datatype":"UINT8","parameters":{"binary_data_size":3072}}]}""";
        (_, string bytes) = await RunningServer.Read(server.Post(Infer, [.. System.Text.Encoding.UTF8.GetBytes(json), .. planes], ("Inference-Header-Content-Length", $"{json.Length}")));
        Assert.Equal(numbers, bytes);
    }

    [Fact]
    public async Task Many_clients_at_once_get_their_own_answers()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxBatch = 8 });
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            float[] samples = TinyTensors.Samples(1 + (i % 3), i);
            (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, TinyTensors.Request(samples)));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(TinyTensors.Logits(samples), TinyTensors.Data(text));
        }));
    }

    [Theory]
    [InlineData("", "the request is no valid JSON: line 1, byte 1")]
    [InlineData("[]", "the request has a value of another type at byte 0; expected an object")]
    [InlineData("{}", "the request has the inputs []; expected [INPUT]")]
    [InlineData("""{"inputs":[{"name":"x","data":[1]}]}""", "the request has the inputs [x]; expected [INPUT]")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32"}]}""", "input INPUT has neither data nor a binary_data_size; expected one of them")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[3,32,32],"datatype":"FP32","data":[1]}]}""", "input INPUT has the shape [3, 32, 32]; expected [batch, 3, 32, 32]")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[0,3,32,32],"datatype":"FP32","data":[]}]}""", "input INPUT has the shape [0, 3, 32, 32]; expected [batch, 3, 32, 32]")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[9000000000000000000,3,32,32],"datatype":"FP32","data":[1]}]}""", "the request has 9000000000000000000 samples, more than the limit of 32")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[1,2]}]}""", "input INPUT has 2 elements; expected 3072 for its shape")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"INT64","data":[1]}]}""", "input INPUT is of the datatype INT64; expected FP32, or UINT8 for pixels that are normalized here")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[1,"x"]}]}""", "element 1 of data is no number")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[1e999]}]}""", "element 0 of data is out of the range of FP32")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[[1,2],[3]]}]}""", "data has lists of 2 and of 1 at depth 2; expected one length")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[1,[2]]}]}""", "data has numbers at different depths")]
    [InlineData("""{"inputs":[{"name":"INPUT","shape":[1,3,32,32],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4}}]}""", "input INPUT has both data and a binary_data_size; expected one of them")]
    [InlineData("""{"inputs":[]} x""", "the request is no valid JSON: line 1, byte 15")]
    [InlineData("""{"parameters":{"timeout":0},"inputs":[]}""", "the parameter timeout is 0; expected microseconds above 0")]
    [InlineData("""{"id":7,"inputs":[]}""", "id has a value of another type; expected a text")]
    public async Task A_request_that_does_not_fit_is_told_why(string request, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, request.Replace("INPUT", TinyTensors.Input, StringComparison.Ordinal)));
        Assert.Equal(error.Replace("INPUT", TinyTensors.Input, StringComparison.Ordinal), JsonNode.Parse(text)!["error"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Theory]
    [InlineData("UINT8", "256", "is 256 at element 0; expected 0 to 255")]
    [InlineData("UINT8", "1.5", "is of the datatype UINT8 and has numbers that are no integers")]
    public async Task Pixels_are_bytes(string datatype, string first, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        string data = $"{first}{string.Concat(Enumerable.Repeat(",0", TinyTensors.Sample - 1))}";
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, $$"""{"inputs":[{"name":"{{TinyTensors.Input}}","shape":[1,3,32,32],"datatype":"{{datatype}}","data":[{{data}}]}]}"""));
        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"error":"input {{TinyTensors.Input}} {{error}}"}"""), (status, text));
    }

    [Fact]
    public async Task An_output_is_asked_for_by_its_name()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        string request = TinyTensors.Request(TinyTensors.Samples(1))[..^1] + ""","outputs":[{"name":"other"}]}""";
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, request));
        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"error":"the request wants the outputs [other]; the model has [{{TinyTensors.Output}}], each of which may be requested once"}"""), (status, text));
    }

    [Fact]
    public async Task An_output_that_is_not_finite_is_an_error()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] huge = new float[TinyTensors.Sample];
        Array.Fill(huge, float.MaxValue);
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson(Infer, TinyTensors.Request(huge)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, """{"error":"the network's output for this input is not finite"}"""), (status, text));
    }
}
