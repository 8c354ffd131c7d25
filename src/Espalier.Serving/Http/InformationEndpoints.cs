using System.Text.Json;

namespace Espalier.Serving;

/// <summary>The endpoints that tell about the server and its models: probes, metadata, metrics and the OpenAPI document.</summary>
internal sealed class InformationEndpoints(ModelCatalog catalog, Drain drain, PrometheusText prometheus)
{
    internal const string ServerName = "espalier";
    internal const string Platform = "espalier";

    /// <summary>The protocol's extensions that are there, as Triton names them.</summary>
    internal static readonly string[] Extensions = ["binary_tensor_data", "model_repository_reload"];

    private static readonly byte[] s_openApi = Resource();

    internal static string ServerVersion { get; } = typeof(InformationEndpoints).Assembly.GetName().Version!.ToString(3);

    internal static Task Server(HttpContext context) => JsonAnswer.WriteAsync(context, json =>
    {
        json.WriteString("name", ServerName);
        json.WriteString("version", ServerVersion);
        json.WriteStartArray("extensions");
        foreach (string extension in Extensions)
        {
            json.WriteStringValue(extension);
        }

        json.WriteEndArray();
    });

    internal static Task Live(HttpContext context) => JsonAnswer.WriteAsync(context, json => json.WriteBoolean("live", true));

    internal Task Ready(HttpContext context)
    {
        context.Response.StatusCode = drain.Draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return JsonAnswer.WriteAsync(context, json => json.WriteBoolean("ready", !drain.Draining));
    }

    internal Task ModelReady(HttpContext context)
    {
        using ModelCatalog.Lease lease = Use(context);
        context.Response.StatusCode = drain.Draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteString("name", lease.Model.Name);
            json.WriteBoolean("ready", !drain.Draining);
        });
    }

    internal Task Model(HttpContext context)
    {
        using ModelCatalog.Lease lease = Use(context);
        ServedModel model = lease.Model;
        return JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteString("name", model.Name);
            json.WriteStartArray("versions");
            foreach (string version in catalog.VersionsOf(model.Name))
            {
                json.WriteStringValue(version);
            }

            json.WriteEndArray();
            json.WriteString("platform", Platform);
            json.WriteStartArray("inputs");
            Tensor(json, model.InputName, model.Sample);
            json.WriteEndArray();
            json.WriteStartArray("outputs");
            foreach ((string name, Shape shape) in model.Outputs)
            {
                Tensor(json, name, shape);
            }

            json.WriteEndArray();
        });
    }

    internal async Task Metrics(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(prometheus.Write(), context.RequestAborted).ConfigureAwait(false);
    }

    internal static async Task OpenApi(HttpContext context)
    {
        context.Response.ContentType = JsonAnswer.ContentType;
        context.Response.ContentLength = s_openApi.Length;
        await context.Response.Body.WriteAsync(s_openApi, context.RequestAborted).ConfigureAwait(false);
    }

    internal static Task Unknown(HttpContext context) => throw new ServingException(StatusCodes.Status404NotFound, $"there is no {context.Request.Method} {context.Request.Path}; /openapi.json lists what there is");

    private ModelCatalog.Lease Use(HttpContext context) => catalog.Use((string?)context.GetRouteValue("model"), (string?)context.GetRouteValue("version"));

    private static void Tensor(Utf8JsonWriter json, string name, Shape sample)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("datatype", "FP32");
        json.WriteStartArray("shape");
        json.WriteNumberValue(-1); // any batch
        for (int i = 0; i < sample.Rank; i++)
        {
            json.WriteNumberValue(sample[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static byte[] Resource()
    {
        using Stream stream = typeof(InformationEndpoints).Assembly.GetManifestResourceStream("openapi.json")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
