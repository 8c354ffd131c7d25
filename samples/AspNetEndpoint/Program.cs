// AspNetEndpoint MODEL: POST a photograph to /classify, as the request's body or as the file of a form, and get the most probable classes as JSON.
using Espalier;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args[1..]);

// One for all requests: it is safe to share between threads. A factory makes the container dispose of it, which it does not for an instance.
// Without Threads all processors share one photograph, which is fastest where requests are few; under load, Threads = 1 lets each request have a processor.
builder.Services.AddSingleton(_ => ImageClassifier.Load(args[0]));
WebApplication app = builder.Build();
app.Services.GetRequiredService<ImageClassifier>(); // loaded before the first request, and a wrong path ends the program here

app.MapPost("/classify", async (HttpRequest request, ImageClassifier classifier, CancellationToken cancellation) =>
{
    try
    {
        using var photo = new MemoryStream();
        if (request.HasFormContentType)
        {
            IFormCollection form = await request.ReadFormAsync(cancellation);
            if (form.Files.Count == 0)
            {
                return Results.BadRequest(new { error = "the form has no file; send the photograph as one, or as the body with the content type image/jpeg or image/png" });
            }

            await form.Files[0].CopyToAsync(photo, cancellation);
        }
        else
        {
            await request.Body.CopyToAsync(photo, cancellation);
        }

        return classifier.TryClassify(photo.ToArray(), out Prediction[]? predictions, out string? error)
            ? Results.Ok(predictions)
            : Results.BadRequest(new { error }); // no JPEG or PNG, or a damaged one
    }
    catch (InvalidDataException error) // a form that is none
    {
        return Results.BadRequest(new { error = error.Message });
    }
});

app.Run();
