using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Espalier.Serving;

/// <summary>A process that only serves models.</summary>
internal static class ModelServer
{
    /// <summary>How long accepted requests may take after the server was told to stop.</summary>
    internal static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>Builds the server, without starting it.</summary>
    /// <param name="options">What it serves.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="logs">The least level of log lines, which go to standard error as JSON; <see cref="LogLevel.None"/> for none.</param>
    internal static WebApplication Create(ServingOptions options, ServerAddress address, LogLevel logs)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "espalier" });
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.AddRoutingCore();
        builder.Services.AddEspalier(options);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>(); // signals are the program's
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.Logging.SetMinimumLevel(logs).AddFilter("Microsoft", Higher(logs, LogLevel.Warning)).AddFilter("Grpc", Higher(logs, LogLevel.Warning));
        if (logs < LogLevel.None)
        {
            builder.Logging.AddJsonConsole(json => (json.TimestampFormat, json.UseUtcTimestamp) = ("yyyy-MM-ddTHH:mm:ss.fffZ", true));
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }

        builder.WebHost.UseKestrelCore();
        if (address.Tls)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel((context, kestrel) => Listen(kestrel, context.Configuration, address));
        WebApplication app = builder.Build();
        LocalHosts.Require(app, address.Host);
        app.MapEspalier();
        app.MapFallback(app.Services.GetRequiredService<RequestPipeline>().Wrap(EndpointKind.Information, InformationEndpoints.Unknown));
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, IConfiguration configuration, ServerAddress address)
    {
        kestrel.AddServerHeader = false;
        if (address.Tls)
        {
            kestrel.Configure(configuration.GetSection("Kestrel"));
        }

        kestrel.Listen(address.Host, address.Port, listen => Protect(listen, address.Tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1, address.Tls));
        if (address.GrpcPort is { } grpc)
        {
            kestrel.Listen(address.Host, grpc, listen => Protect(listen, HttpProtocols.Http2, address.Tls));
        }
    }

    private static void Protect(ListenOptions listen, HttpProtocols protocols, bool tls)
    {
        listen.Protocols = protocols;
        if (tls)
        {
            listen.UseHttps();
        }
    }

    private static LogLevel Higher(LogLevel one, LogLevel other) => one > other ? one : other;
}
