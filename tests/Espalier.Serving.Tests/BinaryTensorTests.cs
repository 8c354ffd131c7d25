using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Espalier.Serving.Tests;

/// <summary>The binary tensor extension, byte for byte as Triton's clients send it.</summary>
public sealed class BinaryTensorTests : IDisposable
{
    private const string Infer = "/v2/models/tiny/infer";
    private const string Length = "Inference-Header-Content-Length";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_binary_input_gets_a_binary_output()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(2);
        string json = $$$"""{"id":"7","inputs":[{"name":"{{{TinyTensors.Input}}}","shape":[2,3,32,32],"datatype":"FP32","parameters":{"binary_data_size":24576}}],"outputs":[{"name":"{{{TinyTensors.Output}}}","parameters":{"binary_data":true}}]}""";
        using HttpResponseMessage answer = await Post(server, json, samples);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        int header = int.Parse(Assert.Single(answer.Headers.GetValues(Length)), CultureInfo.InvariantCulture);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            $$$"""{"model_name":"tiny","model_version":"1","id":"7","outputs":[{"name":"{{{TinyTensors.Output}}}","datatype":"FP32","shape":[2,10],"parameters":{"binary_data_size":80}}]}""",
            Encoding.UTF8.GetString(body, 0, header));
        Assert.Equal(TinyTensors.Bytes(TinyTensors.Logits(samples)), body[header..]);
    }

    [Theory]
    [InlineData("""{"binary_data_output":true}""", null, true)]
    [InlineData("""{"binary_data_output":true}""", "false", false)]
    [InlineData("""{"binary_data_output":false}""", "true", true)]
    [InlineData("{}", null, false)]
    public async Task An_output_is_binary_where_it_or_else_the_request_says_so(string parameters, string? output, bool binary)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(1);
        string outputs = output is null ? "" : $$$""","outputs":[{"name":"{{{TinyTensors.Output}}}","parameters":{"binary_data":{{{output}}}}}]""";
        string json = $$$"""{"parameters":{{{parameters}}},"inputs":[{"name":"{{{TinyTensors.Input}}}","shape":[1,3,32,32],"datatype":"FP32","parameters":{"binary_data_size":12288}}]{{{outputs}}}}""";
        using HttpResponseMessage answer = await Post(server, json, samples);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(binary, answer.Headers.Contains(Length));
        Assert.Equal(TinyTensors.Logits(samples), binary ? TinyTensors.Floats(body.AsSpan()[^40..]) : TinyTensors.Data(Encoding.UTF8.GetString(body)));
    }

    [Fact]
    public async Task A_body_without_json_is_the_one_input()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(3);
        using HttpResponseMessage answer = await server.Post(Infer, TinyTensors.Bytes(samples), (Length, "0"));
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TinyTensors.Bytes(TinyTensors.Logits(samples)), body[int.Parse(Assert.Single(answer.Headers.GetValues(Length)), CultureInfo.InvariantCulture)..]);
    }

    [Theory]
    [InlineData("x", 12288, "the header Inference-Header-Content-Length is 'x'; expected the length of the JSON, at most that of the body (12404)")]
    [InlineData("99999", 12288, "the header Inference-Header-Content-Length is '99999'; expected the length of the JSON, at most that of the body (12404)")]
    [InlineData("0", 12288, "the body has 12404 bytes; expected a multiple of 12288, the bytes of one sample")]
    [InlineData(null, 12287, "12288 bytes follow the JSON; the inputs have a binary_data_size of 12287 together")]
    [InlineData(null, 12289, "input INPUT has a binary_data_size of 12289 and 12288 bytes are left; is the header Inference-Header-Content-Length the length of the JSON?")]
    public async Task Lengths_that_do_not_fit_are_told(string? header, int size, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        string name = TinyTensors.Input;
        string json = $$$"""{"inputs":[{"name":"{{{name}}}","shape":[1,3,32,32],"datatype":"FP32","parameters":{"binary_data_size":{{{size}}}}}]}""";
        json = json.PadRight(116);
        (HttpStatusCode status, string text) = await RunningServer.Read(Post(server, json, TinyTensors.Samples(1), header));
        Assert.Equal(error.Replace("INPUT", name, StringComparison.Ordinal), JsonNode.Parse(text)!["error"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task A_number_that_is_not_finite_is_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(1);
        samples[5] = float.NaN;
        (HttpStatusCode status, string text) = await RunningServer.Read(server.Post(Infer, TinyTensors.Bytes(samples), (Length, "0")));
        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"error":"input {{TinyTensors.Input}} is NaN at element 5; expected finite numbers"}"""), (status, text));
    }

    private static Task<HttpResponseMessage> Post(RunningServer server, string json, float[] samples, string? header = null) =>
        server.Post(Infer, [.. Encoding.UTF8.GetBytes(json), .. TinyTensors.Bytes(samples)], (Length, header ?? $"{json.Length}"));
}
