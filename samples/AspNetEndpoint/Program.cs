// AspNetEndpoint MODEL: POST a photograph to /classify, as the request's body or as the file of a form, and get the most probable classes as JSON.
using Espalier;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args[1..]);
builder.Services.AddSingleton(ImageClassifier.Load(args[0])); // one for all requests: it is safe to share between threads
WebApplication app = builder.Build();

app.MapPost("/classify", async (HttpRequest request, ImageClassifier classifier, CancellationToken cancellation) =>
{
    using var photo = new MemoryStream();
    if (request.HasFormContentType)
    {
        IFormCollection form = await request.ReadFormAsync(cancellation);
        await form.Files[0].CopyToAsync(photo, cancellation);
    }
    else
    {
        await request.Body.CopyToAsync(photo, cancellation);
    }

    return classifier.TryClassify(photo.ToArray(), out Prediction[]? predictions, out string? error)
        ? Results.Ok(predictions)
        : Results.BadRequest(new { error }); // no JPEG or PNG, or a damaged one
});

app.Run();
