using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Espalier.Serving;

/// <summary><c>POST /v1/explain?kind=cam|maps</c>: a photo as for <c>/v1/classify</c>; answers a class activation map, or the feature maps of a node.</summary>
internal sealed class ExplainEndpoint(ModelCatalog catalog, PhotoDecoder decoder, ExplanationQueue queue, ServingOptions options)
{
    private const string Cam = "cam";
    private const string Maps = "maps";

    private static readonly string[] s_parameters = [QueryParameters.Model, QueryParameters.Version, "kind", "node", "class"];

    internal async Task Answer(HttpContext context)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        IQueryCollection query = context.Request.Query;
        QueryParameters.Require(query, s_parameters);
        Explanation wanted = Read(query);
        using ModelCatalog.Lease lease = catalog.Use(query[QueryParameters.Model], query[QueryParameters.Version]);
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        using Admission.Place place = queue.Enter();
        using var limit = new TimeLimit(ClassifyEndpoint.TimeOf(context.Request), context.RequestAborted);
        using RequestBody photo = await PhotoBody.ReadAsync(context.Request, options.MaxBodyBytes, limit.Token).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = await queue.RunAsync(() => Compute(model, photo.Bytes, wanted, limit.Token), limit.Token).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, answer).ConfigureAwait(false);
    }

    private static Explanation Read(IQueryCollection query)
    {
        string kind = query["kind"].ToString();
        string? node = Given(query["node"]), name = Given(query["class"]);
        return kind is not (Cam or Maps) ? throw ServingException.Invalid($"kind is '{kind}'; expected {Cam} or {Maps}")
            : kind == Maps && name is not null ? throw ServingException.Invalid("feature maps are of no class; expected no parameter 'class'")
            : new Explanation(kind == Cam, node, name);

        static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private ReadOnlyMemory<byte> Compute(ServedModel model, ReadOnlyMemory<byte> file, Explanation wanted, CancellationToken cancellation)
    {
        Imaging.Image image = decoder.Read(file);
        return model.Explained!.Explain(explainer => JsonAnswer.Of(json =>
        {
            ExplainedPhoto photo = explainer.Read(image);
            json.WriteString("model", model.Name);
            json.WriteString("version", model.Version);
            if (wanted.IsCam)
            {
                Write(json, explainer, photo, wanted, cancellation);
            }
            else
            {
                FeatureMapsAnswer.Write(json, explainer.Model.Graph, explainer.Maps(photo, wanted.Node ?? explainer.LastSpatialNode));
            }
        }));
    }

    private static void Write(Utf8JsonWriter json, PhotoExplainer explainer, ExplainedPhoto photo, Explanation wanted, CancellationToken cancellation)
    {
        int? index = wanted.Class is { } name ? explainer.ClassOf(name) : null;
        ClassActivationMap map = explainer.ClassActivation(photo, new ClassActivationOptions { Class = index, Node = wanted.Node }, null, cancellation);
        map.Write(json);
        json.WriteNumber("low", map.Low);
        json.WriteNumber("high", map.High);
        json.WriteString("note", map.Note);
    }

    /// <summary>What a request wants.</summary>
    /// <param name="IsCam">A class activation map, or otherwise feature maps.</param>
    /// <param name="Node">The node; <see langword="null"/> for the last one with a map.</param>
    /// <param name="Class">The class, by label or index; <see langword="null"/> for the most probable one.</param>
    private sealed record Explanation(bool IsCam, string? Node, string? Class);
}
