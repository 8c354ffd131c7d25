using Microsoft.AspNetCore.Http.Features;

namespace Espalier.Serving;

/// <summary>What the page tells about models: <c>GET /v1/models</c> and <c>GET /v1/report</c>.</summary>
internal sealed class ModelPageEndpoints(ModelCatalog catalog, ExplanationQueue queue)
{
    private static readonly string[] s_parameters = [QueryParameters.Model, QueryParameters.Version];

    /// <summary>Lists the models, each in its highest version.</summary>
    internal Task Models(HttpContext context)
    {
        QueryParameters.Require(context.Request.Query, []);
        return JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteString("server_version", InformationEndpoints.ServerVersion);
            json.WriteStartArray("models");
            foreach (string name in catalog.Names)
            {
                if (catalog.TryUse(name) is { } lease)
                {
                    using (lease)
                    {
                        json.WriteRawValue(lease.Model.Explained!.Describe(ModelDescription.Of), skipInputValidation: true);
                    }
                }
            }

            json.WriteEndArray();
        });
    }

    /// <summary>The report of a model, which is made when it is first wanted.</summary>
    internal async Task Report(HttpContext context)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        IQueryCollection query = context.Request.Query;
        QueryParameters.Require(query, s_parameters);
        using ModelCatalog.Lease lease = catalog.Use(query[QueryParameters.Model], query[QueryParameters.Version]);
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        using Admission.Place place = queue.Enter();
        byte[] report = await queue.RunAsync(() => model.Explained!.Report(context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        await PageEndpoint.WriteReportAsync(context, report).ConfigureAwait(false);
    }
}
