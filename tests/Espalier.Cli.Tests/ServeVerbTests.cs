using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Espalier.Cli.Tests.Machine;
using Espalier.Imaging;

namespace Espalier.Cli.Tests;

public sealed class ServeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ServeVerbTests() => _model = TinyData.WriteModel(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_says_what_would_be_served()
    {
        File.Copy(_model, _folder.File("models/flowers/1/a.espalier"));
        File.Copy(_model, _folder.File("models/flowers/2/a.espalier"));
        CliRun run = CliRun.Of("serve", _model, "--models", _folder["models"], "--check");
        Assert.Equal((ExitCode.Success, $"would serve flowers (versions 1, 2), tiny{Environment.NewLine}", ""), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public void What_cannot_be_served_is_told_before_it_starts()
    {
        string bad = _folder.Write("bad.espalier", 1, 2, 3), empty = _folder.Write("token.txt", 10);
        Assert.Contains("no model is named: give model files, or a folder of models with --models FOLDER", CliRun.Of("serve").UserError(), StringComparison.Ordinal);
        Assert.Contains(bad, CliRun.Of("serve", bad).UserError(), StringComparison.Ordinal);
        Assert.Contains("--queue 8 is less than --max-batch 32", CliRun.Of("serve", _model, "--queue", "8").UserError(), StringComparison.Ordinal);
        Assert.Contains("--host takes an IP address such as 0.0.0.0 or ::1, found 'everywhere'", CliRun.Of("serve", _model, "--host", "everywhere").UserError(), StringComparison.Ordinal);
        Assert.Contains($"{empty} has no token", CliRun.Of("serve", _model, "--token-file", empty).UserError(), StringComparison.Ordinal);
        Assert.Contains("nowhere.txt", CliRun.Of("serve", _model, "--token-file", "nowhere.txt").UserError(), StringComparison.Ordinal);
        Assert.Contains("--log is requests or errors or none, found 'all'", CliRun.Of("serve", _model, "--log", "all").UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        CliRun run = await Child.Run(["serve", _model, "--port", $"{port}", "--log", "none"]);
        Assert.Contains($"127.0.0.1:{port}", run.UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_says_where_it_serves_and_ends_when_told()
    {
        Child.Require();
        using ServerProcess server = await ServerProcess.Start(_model, "--grpc-port", "0", "--token-file", _folder.Write("token.txt", [.. "s3cret\n"u8]));
        Assert.Matches(@"^serving tiny at http://127\.0\.0\.1:\d+ and http://127\.0\.0\.1:\d+ \(gRPC\)$", server.Line);
        using var photo = new ByteArrayContent(PngEncoder.Encode(TinyData.Picture(1)));
        server.Client.DefaultRequestHeaders.Add("Authorization", "Bearer s3cret");
        using HttpResponseMessage answer = await server.Client.PostAsync(new Uri("/v1/classify?top=1", UriKind.Relative), photo, TestContext.Current.CancellationToken);
        JsonNode found = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Assert.Equal(classifier.Classify(TinyData.Picture(1), 1)[0].Logit, found["predictions"]![0]!["logit"]!.GetValue<float>());
        await server.Signal("TERM");
        (int code, string log) = await server.End();
        Assert.Equal(ExitCode.Success, code);
        JsonNode line = JsonNode.Parse(Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!;
        Assert.Equal("/v1/classify", line["State"]!["Path"]!.GetValue<string>());
        Assert.Equal(answer.Headers.GetValues("X-Request-Id").Single(), line["State"]!["RequestId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Killed_under_load_it_loses_no_accepted_request()
    {
        Child.Require();
        using ServerProcess server = await ServerProcess.Start(_model, "--threads", "1");
        byte[][] photos = [.. Enumerable.Range(0, 4).Select(i => PngEncoder.Encode(TinyData.Picture(i)))];
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        float[] expected = [.. photos.Select(photo => classifier.Classify(photo, 1)[0].Logit)];
        var answered = new ConcurrentDictionary<string, bool>();
        var enough = new TaskCompletionSource();
        Task[] clients = [.. Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (int i = 0; await Ask($"{client}-{i}", (client + i) % photos.Length); i++)
            {
                if (answered.Count >= 100)
                {
                    enough.TrySetResult();
                }
            }
        }))];
        await enough.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await server.Signal("TERM");
        await Task.WhenAll(clients);
        (int code, string log) = await server.End();
        Assert.Equal(ExitCode.Success, code);
        string[] accepted = [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["State"]!.AsObject()).Where(state => state.ContainsKey("Samples")).Select(state => state["RequestId"]!.GetValue<string>())];
        Assert.InRange(accepted.Length, 100, int.MaxValue);
        Assert.Equal(accepted.Order(), answered.Keys.Order());

        // One request; whether there may be another: not after one that was refused, or found no server.
        async Task<bool> Ask(string id, int photo)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify?top=1") { Content = new ByteArrayContent(photos[photo]), Headers = { { "X-Request-Id", id } } };
                using HttpResponseMessage answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    return false;
                }

                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                JsonElement found = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
                Assert.Equal(expected[photo], found.GetProperty("predictions")[0].GetProperty("logit").GetSingle());
                return answered.TryAdd(id, true);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
