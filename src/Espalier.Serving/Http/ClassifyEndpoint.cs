using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Espalier.Serving;

/// <summary><c>POST /v1/classify</c>: a photo as the body, or as the field <c>image</c> of a form; answers labels and probabilities.</summary>
internal sealed class ClassifyEndpoint(ModelCatalog catalog, ModelRunner runner, ServingOptions options)
{
    private const string Field = "image";
    private const string Form = "multipart/form-data";
    private const string TimeHeader = "X-Timeout-Ms";
    private const int UsualTop = 5;
    private const int LongestBoundary = 70; // RFC 2046

    private static readonly string[] s_parameters = ["model", "version", "top"];

    internal async Task Answer(HttpContext context)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        IQueryCollection query = context.Request.Query;
        if (query.FirstOrDefault(pair => !s_parameters.Contains(pair.Key, StringComparer.Ordinal) || pair.Value.Count != 1) is { Key: { } unknown })
        {
            throw ServingException.Invalid($"the address has the parameter '{unknown}'; expected {string.Join(", ", s_parameters)}, each at most once");
        }

        int top = Top(query["top"]);
        using ModelCatalog.Lease lease = catalog.Use(query["model"], query["version"]);
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        model.RequireRoom();
        using var limit = new TimeLimit(TimeOf(context.Request), context.RequestAborted);
        using RequestBody photo = await PhotoAsync(context.Request, limit.Token).ConfigureAwait(false);
        float[] logits = await runner.ClassifyAsync(model, photo.Bytes, record, limit).ConfigureAwait(false);
        Prediction[] predictions = Prediction.Top(logits, Math.Min(top, model.ClassCount), model.Metadata.Labels);
        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteString("model", model.Name);
            json.WriteString("version", model.Version);
            json.WriteStartArray("predictions");
            foreach (Prediction prediction in predictions)
            {
                json.WriteStartObject();
                json.WriteNumber("class", prediction.Class);
                json.WriteString("label", prediction.Label);
                json.WriteNumber("probability", prediction.Probability);
                json.WriteNumber("logit", prediction.Logit);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    /// <summary>The time that the client gives the server, from the header <c>X-Timeout-Ms</c>.</summary>
    internal static TimeSpan? TimeOf(HttpRequest request)
    {
        string text = request.Headers[TimeHeader].ToString();
        return text.Length == 0 ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) && milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds)
            : throw ServingException.Invalid($"the header {TimeHeader} is '{text}'; expected a whole number of milliseconds");
    }

    private static int Top(string? text) => text is null ? UsualTop
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int top) && top > 0 ? top
        : throw ServingException.Invalid($"top is '{text}'; expected a whole number of at least 1");

    private async Task<RequestBody> PhotoAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return await RequestBody.ReadAsync(request.Body, options.MaxBodyBytes, cancellation).ConfigureAwait(false);
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw ServingException.Invalid($"the form has a boundary of {boundary.Length} characters; expected 1 to {LongestBoundary}");
        }

        RequestBody? photo = null;
        try
        {
            photo = await FieldAsync(new MultipartReader(boundary, request.Body), cancellation).ConfigureAwait(false);
            return photo ?? throw ServingException.Invalid($"the form has no field '{Field}'; expected the photo in it");
        }
        catch (Exception error) when (error is InvalidDataException or IOException && !request.HttpContext.RequestAborted.IsCancellationRequested && error is not BadHttpRequestException)
        {
            throw ServingException.Invalid("the form cannot be read: it is damaged or ends too early");
        }
    }

    /// <summary>The photo of a form; other fields are skipped.</summary>
    private async Task<RequestBody?> FieldAsync(MultipartReader form, CancellationToken cancellation)
    {
        RequestBody? photo = null;
        try
        {
            while (await form.ReadNextSectionAsync(cancellation).ConfigureAwait(false) is { } section)
            {
                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) && HeaderUtilities.RemoveQuotes(disposition.Name).Equals(Field, StringComparison.Ordinal))
                {
                    photo = photo is null
                        ? await RequestBody.ReadAsync(section.Body, options.MaxBodyBytes, cancellation).ConfigureAwait(false)
                        : throw ServingException.Invalid($"the form has several fields '{Field}'; expected one photo");
                }
            }

            return photo;
        }
        catch
        {
            photo?.Dispose();
            throw;
        }
    }
}
