using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Espalier.Serving.Tests;

public sealed class ClassifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_photo_is_answered_with_the_classifiers_bits()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using ImageClassifier classifier = ImageClassifier.Load(_folder["tiny.espalier"]);
        string expected = Answer(classifier.Classify(RunningServer.Photo(1), 2));
        Assert.Equal((HttpStatusCode.OK, expected), await RunningServer.Read(server.Post("/v1/classify?top=2", RunningServer.Photo(1))));
        Assert.Equal((HttpStatusCode.OK, expected), await RunningServer.Read(server.Post("/v1/classify?top=2&model=tiny&version=1", RunningServer.Photo(1))));
        Assert.Equal(Answer(classifier.Classify(RunningServer.Photo(1))), (await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1)))).Text);
        Assert.Equal(Answer(classifier.Classify(RunningServer.Photo(1), 10)), (await RunningServer.Read(server.Post("/v1/classify?top=2000000000", RunningServer.Photo(1)))).Text);
    }

    [Fact]
    public async Task A_form_has_the_photo_in_the_field_image()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using ImageClassifier classifier = ImageClassifier.Load(_folder["tiny.espalier"]);
        using var form = new MultipartFormDataContent { { new StringContent("holiday"), "album" }, { new ByteArrayContent(RunningServer.Photo(2)), "image", "photo.png" } };
        (HttpStatusCode status, string text) = await RunningServer.Read(server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), form, TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.OK, Answer(classifier.Classify(RunningServer.Photo(2)))), (status, text));
    }

    [Fact]
    public async Task A_form_without_one_photo_is_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        using var none = new MultipartFormDataContent { { new ByteArrayContent(RunningServer.Photo(2)), "photo", "photo.png" } };
        using var two = new MultipartFormDataContent { { new ByteArrayContent(RunningServer.Photo(2)), "image", "a.png" }, { new ByteArrayContent(RunningServer.Photo(2)), "image", "b.png" } };
        using var damaged = new ByteArrayContent(Encoding.ASCII.GetBytes("--b\r\nContent-Disposition: form-data; name=image\r\n\r\nxx"));
        damaged.Headers.ContentType = RunningServer.Type("multipart/form-data; boundary=b");
        using var unbounded = new ByteArrayContent([]);
        unbounded.Headers.ContentType = RunningServer.Type("multipart/form-data");
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the form has no field 'image'; expected the photo in it"}"""), await Post(none));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the form has several fields 'image'; expected one photo"}"""), await Post(two));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the form cannot be read: it is damaged or ends too early"}"""), await Post(damaged));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the form has a boundary of 0 characters; expected 1 to 70"}"""), await Post(unbounded));

        Task<(HttpStatusCode, string)> Post(HttpContent content) => RunningServer.Read(server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), content, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("?top=0", "top is '0'; expected a whole number of at least 1")]
    [InlineData("?top=2&top=3", "the address has the parameter 'top'; expected model, version, top, each at most once")]
    [InlineData("?tops=2", "the address has the parameter 'tops'; expected model, version, top, each at most once")]
    public async Task A_parameter_that_is_none_is_refused(string query, string error)
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"error":"{{error}}"}"""), await RunningServer.Read(server.Post("/v1/classify" + query, RunningServer.Photo(1))));
    }

    [Fact]
    public async Task What_is_no_photo_is_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxPixels = 1500 });
        byte[] photo = RunningServer.Photo(1);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, """{"error":"the photo is empty; expected a JPEG or PNG file"}"""), await RunningServer.Read(server.Post("/v1/classify", [])));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, """{"error":"the photo is neither a JPEG nor a PNG file"}"""), await RunningServer.Read(server.Post("/v1/classify", Encoding.ASCII.GetBytes("GIF89a"))));
        (HttpStatusCode status, string text) = await RunningServer.Read(server.Post("/v1/classify", photo[..(photo.Length / 2)]));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("the photo: ", JsonNode.Parse(text)!["error"]!.GetValue<string>(), StringComparison.Ordinal);

        byte[] larger = Imaging.PngEncoder.Encode(new Imaging.Image(50, 31, new byte[50 * 31 * 3]));
        (status, text) = await RunningServer.Read(server.Post("/v1/classify", larger));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("the header says 50x31 pixels, more than the limit of 1500", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Among_several_models_one_is_named()
    {
        string one = TinyData.WriteModel(_folder), two = _folder["two.espalier"];
        File.Copy(one, two);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Models = [one, two], Threads = 1 });
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"the request names no model and there are 2: tiny, two"}"""), await RunningServer.Read(server.Post("/v1/classify", RunningServer.Photo(1))));
        Assert.StartsWith("""{"model":"two","version":"1",""", (await RunningServer.Read(server.Post("/v1/classify?model=two", RunningServer.Photo(1)))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_photos_among_many_spoil_no_answer()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { DecodeThreads = 2 });
        using ImageClassifier classifier = ImageClassifier.Load(_folder["tiny.espalier"]);
        (byte[] Photo, string Answer)[] known = [.. Enumerable.Range(0, 8).Select(RunningServer.Photo).Select(photo => (photo, Answer(classifier.Classify(photo))))];
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            (byte[] photo, string answer) = known[i % known.Length];
            bool broken = i % 25 == 7;
            (HttpStatusCode status, string text) = await RunningServer.Read(server.Post("/v1/classify", broken ? photo[..^200] : photo));
            Assert.Equal(broken ? HttpStatusCode.BadRequest : HttpStatusCode.OK, status);
            Assert.True(broken || text == answer, text);
        }));
    }

    private static string Answer(Prediction[] predictions) => string.Create(CultureInfo.InvariantCulture, $$"""{"model":"tiny","version":"1","predictions":[{{string.Join(",", predictions.Select(prediction =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"class":{{prediction.Class}},"label":"{{prediction.Label}}","probability":{{prediction.Probability:R}},"logit":{{prediction.Logit:R}}}""")))}}]}""");
}
