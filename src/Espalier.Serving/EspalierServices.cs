namespace Espalier.Serving;

/// <summary>Adds models to a service: <c>builder.Services.AddEspalier("flowers.espalier")</c>.</summary>
public static class EspalierServices
{
    /// <summary>Adds model files with the usual options. They are loaded before the server starts.</summary>
    /// <param name="services">The services.</param>
    /// <param name="models">The paths of model files, as for <see cref="ServingOptions.Models"/>.</param>
    public static IServiceCollection AddEspalier(this IServiceCollection services, params string[] models) => services.AddEspalier(new ServingOptions { Models = models });

    /// <summary>Adds models. They are loaded before the server starts, which fails if one of them cannot be.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">What is served and within which limits.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static IServiceCollection AddEspalier(this IServiceCollection services, ServingOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = (int)options.MaxBodyBytes);
        services.AddSingleton(options);
        services.AddSingleton<ServingMetrics>();
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<PhotoDecoder>();
        services.AddSingleton<ModelRunner>();
        services.AddSingleton<Drain>();
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<ClassifyEndpoint>();
        services.AddSingleton<InferEndpoint>();
        services.AddSingleton<InformationEndpoints>();
        services.AddSingleton<ExplanationQueue>();
        services.AddSingleton<ExplainEndpoint>();
        services.AddSingleton<ModelPageEndpoints>();
        services.AddSingleton(provider => new EspalierService(provider.GetRequiredService<ModelCatalog>(), provider.GetRequiredService<ModelRunner>()));
        services.AddHostedService<ModelLoading>();
        services.AddHostedService<DrainService>();
        return services;
    }
}
