using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Espalier.Imaging;

namespace Espalier.Tests;

/// <summary>The samples run, each as a process of its own on a tiny model.</summary>
public sealed partial class SampleTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // a loaded machine may take long to start a process

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _photo;

    public SampleTests()
    {
        _model = TinyData.WriteModel(_folder);
        _photo = _folder.File("photo.png");
        PngEncoder.Save(TinyData.Picture(1), _photo);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Classify_names_the_classes_of_photographs()
    {
        string[] lines = await Run("Classify", _model, _photo, _photo);
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Assert.Equal(8, lines.Length);
        Assert.Equal(_photo, lines[0]);
        Assert.EndsWith(classifier.Classify(_photo)[0].Label, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FineTune_makes_a_model_for_the_datas_classes()
    {
        string data = TinyData.WriteFolders(_folder, 60);
        Directory.Delete(Directory.GetDirectories(data)[0], recursive: true);
        string[] lines = await Run("FineTune", _model, data, _folder.File("run"), "1");
        Assert.Contains("the model of epoch 1", lines[^1], StringComparison.Ordinal);
        Assert.Equal(9, ModelSource.Load(_folder.File("run/model.espalier")).Metadata.Labels.Count);
    }

    [Fact]
    public async Task PruneFoldShip_writes_a_smaller_file()
    {
        string[] lines = await Run("PruneFoldShip", _model, TinyData.WriteCifar(_folder, 60), _folder.File("small.espalier"));
        Assert.Equal(["1 load", "2 prune", "3 finetune", "4 prune", "5 finetune", "6 fold"], lines.Select(line => line[..12].Trim()));
        Assert.InRange(new FileInfo(_folder.File("small.espalier")).Length, 1, new FileInfo(_model).Length * 2 / 3);
    }

    [Fact]
    public async Task OwnBlock_learns() => Assert.Contains("of the validation images after an epoch", (await Run("OwnBlock", _folder.File("run")))[^1], StringComparison.Ordinal);

    [Fact]
    public async Task NativeAotConsole_names_the_class()
    {
        using ImageClassifier classifier = ImageClassifier.Load(_model);
        Assert.StartsWith(classifier.Classify(_photo)[0].Label, (await Run("NativeAotConsole", _model, _photo))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AspNetEndpoint_answers_requests()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process server = Start("AspNetEndpoint", _model, "--urls", "http://127.0.0.1:0");
        try
        {
            string address = await Address(server).WaitAsync(Patience, cancellation);
            using var client = new HttpClient();
            using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(_photo, cancellation));
            using HttpResponseMessage answer = await client.PostAsync(new Uri($"{address}/classify"), photo, cancellation);
            JsonElement best = (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation))[0];
            using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(_photo, cancellation)), "photo", "photo.png" } };
            using HttpResponseMessage formAnswer = await client.PostAsync(new Uri($"{address}/classify"), form, cancellation);
            using var nothing = new ByteArrayContent([1, 2, 3]);
            using HttpResponseMessage refusal = await client.PostAsync(new Uri($"{address}/classify"), nothing, cancellation);

            using var noFile = new MultipartFormDataContent { { new StringContent("photo"), "name" } };
            using var curl = new ByteArrayContent(await File.ReadAllBytesAsync(_photo, cancellation)) { Headers = { ContentType = new("application/x-www-form-urlencoded") } }; // curl --data-binary
            using var noBoundary = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("multipart/form-data") } };
            foreach (HttpContent bad in (HttpContent[])[noFile, curl, noBoundary])
            {
                using HttpResponseMessage answerToBad = await client.PostAsync(new Uri($"{address}/classify"), bad, cancellation);
                Assert.Equal(System.Net.HttpStatusCode.BadRequest, answerToBad.StatusCode);
                Assert.NotEqual("", (await answerToBad.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("error").GetString());
            }

            using ImageClassifier classifier = ImageClassifier.Load(_model);
            Prediction expected = classifier.Classify(_photo)[0];
            Assert.Equal((expected.Label, expected.Probability), (best.GetProperty("label").GetString(), best.GetProperty("probability").GetDouble()));
            Assert.Equal(await answer.Content.ReadAsStringAsync(cancellation), await formAnswer.Content.ReadAsStringAsync(cancellation));
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, refusal.StatusCode);
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact]
    public async Task ModelServer_answers_at_its_own_address_and_at_those_of_models()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process server = Start("ModelServer", [_model], ("ASPNETCORE_URLS", "http://127.0.0.1:0"));
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await Address(server).WaitAsync(Patience, cancellation)) };
            Assert.Equal("POST a photo to /v1/classify. Models: tiny", await client.GetStringAsync("/", cancellation));
            using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(_photo, cancellation));
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/classify", UriKind.Relative), photo, cancellation);
            using ImageClassifier classifier = ImageClassifier.Load(_model);
            Assert.Equal(classifier.Classify(_photo)[0].Logit, (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("predictions")[0].GetProperty("logit").GetSingle());
        }
        finally
        {
            server.Kill();
        }
    }

    private static async Task<string> Address(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is string line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string[]> Run(string sample, params string[] arguments)
    {
        using Process process = Start(sample, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Process Start(string sample, params string[] arguments) => Start(sample, arguments, []);

    private static Process Start(string sample, string[] arguments, params (string Name, string Value)[] environment)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"{sample}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex(@"listening on: (\S+)")]
    private static partial Regex Listening();
}
