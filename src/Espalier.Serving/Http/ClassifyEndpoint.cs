using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Espalier.Serving;

/// <summary><c>POST /v1/classify</c>: a photo as the body, or as the field <c>image</c> of a form; answers labels and probabilities.</summary>
internal sealed class ClassifyEndpoint(ModelCatalog catalog, ModelRunner runner, ServingOptions options)
{
    private const string TimeHeader = "X-Timeout-Ms";
    private const int UsualTop = 5;

    private static readonly string[] s_parameters = [QueryParameters.Model, QueryParameters.Version, "top"];

    internal async Task Answer(HttpContext context)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        IQueryCollection query = context.Request.Query;
        QueryParameters.Require(query, s_parameters);
        int top = Top(query["top"]);
        using ModelCatalog.Lease lease = catalog.Use(query[QueryParameters.Model], query[QueryParameters.Version]);
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        model.RequireRoom();
        using var limit = new TimeLimit(TimeOf(context.Request), context.RequestAborted);
        using RequestBody photo = await PhotoBody.ReadAsync(context.Request, options.MaxBodyBytes, limit.Token).ConfigureAwait(false);
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
}
