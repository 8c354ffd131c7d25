namespace Espalier.Serving;

/// <summary>Adds the addresses of a model server to a service: <c>app.MapEspalier()</c>.</summary>
public static class EspalierEndpoints
{
    private const string Model = "/v2/models/{model}";
    private const string Version = Model + "/versions/{version}";
    private const string InferCall = "/ModelInfer";

    /// <summary>Maps the Open Inference Protocol over REST (<c>/v2</c>) and gRPC, <c>POST /v1/classify</c>, <c>/metrics</c>, <c>/openapi.json</c>, and the page at <c>/</c> (<see cref="ServingOptions.Page"/>), for which an endpoint of the service's own is preferred.</summary>
    /// <param name="endpoints">The application, after <see cref="EspalierServices.AddEspalier(IServiceCollection, ServingOptions)"/>.</param>
    /// <returns>All of them, for conventions such as <c>RequireAuthorization</c>.</returns>
    /// <remarks>gRPC needs HTTP/2: without TLS a port of its own with <c>HttpProtocols.Http2</c>.</remarks>
    public static IEndpointConventionBuilder MapEspalier(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        IServiceProvider services = endpoints.ServiceProvider;
        RequestPipeline pipeline = services.GetRequiredService<RequestPipeline>();
        InformationEndpoints information = services.GetRequiredService<InformationEndpoints>();
        InferEndpoint infer = services.GetRequiredService<InferEndpoint>();
        services.GetRequiredService<PrometheusText>(); // listens from here on
        RouteGroupBuilder group = endpoints.MapGroup("");

        void Get(string pattern, EndpointKind kind, RequestDelegate answer) => group.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], pipeline.Wrap(kind, answer));
        void Post(string pattern, RequestDelegate answer) => group.MapMethods(pattern, [HttpMethods.Post], pipeline.Wrap(EndpointKind.Work, answer));

        Get("/v2", EndpointKind.Information, InformationEndpoints.Server);
        Get("/v2/health/live", EndpointKind.Probe, InformationEndpoints.Live);
        Get("/v2/health/ready", EndpointKind.Probe, information.Ready);
        foreach (string model in (ReadOnlySpan<string>)[Model, Version])
        {
            Get(model, EndpointKind.Information, information.Model);
            Get(model + "/ready", EndpointKind.Probe, information.ModelReady);
            Post(model + "/infer", infer.Answer);
        }

        Post("/v1/classify", services.GetRequiredService<ClassifyEndpoint>().Answer);
        if (services.GetRequiredService<ServingOptions>().Page)
        {
            MapPage(group, pipeline, services);
        }

        Get("/metrics", EndpointKind.Information, information.Metrics);
        Get("/openapi.json", EndpointKind.Information, InformationEndpoints.OpenApi);
        group.MapFallback("/v2/{**rest}", pipeline.Wrap(EndpointKind.Information, InformationEndpoints.Unknown));
        group.MapGrpcService<InferenceService>().Add(endpoint => Wrap(endpoint, pipeline));
        return group;
    }

    private static void MapPage(RouteGroupBuilder group, RequestPipeline pipeline, IServiceProvider services)
    {
        ModelPageEndpoints models = services.GetRequiredService<ModelPageEndpoints>();
        string[] get = [HttpMethods.Get, HttpMethods.Head];
        group.MapMethods("/", get, pipeline.Wrap(EndpointKind.Page, PageEndpoint.Index)).Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue - 1); // before fallbacks alone
        group.MapMethods("/page/{file}", get, pipeline.Wrap(EndpointKind.Page, PageEndpoint.File));
        group.MapMethods("/v1/models", get, pipeline.Wrap(EndpointKind.Work, models.Models));
        group.MapMethods("/v1/report", get, pipeline.Wrap(EndpointKind.Work, models.Report));
        group.MapMethods("/v1/explain", [HttpMethods.Post], pipeline.Wrap(EndpointKind.Work, services.GetRequiredService<ExplainEndpoint>().Answer));
    }

    private static void Wrap(EndpointBuilder endpoint, RequestPipeline pipeline)
    {
        string call = (endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? "";
        EndpointKind kind = call.EndsWith(InferCall, StringComparison.Ordinal) ? EndpointKind.Work
            : call.EndsWith("Live", StringComparison.Ordinal) || call.EndsWith("Ready", StringComparison.Ordinal) ? EndpointKind.Probe
            : EndpointKind.Information;
        endpoint.RequestDelegate = pipeline.Wrap(kind, endpoint.RequestDelegate!);
    }
}
