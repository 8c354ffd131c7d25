using System.Net;
using Microsoft.AspNetCore.Hosting;

namespace Espalier.Serving;

/// <summary>Serves the page that watches a training: the page at <c>/</c>, its files, the events at <c>/v1/training</c>, and training images at <c>/v1/training/samples</c>.</summary>
internal static class WatchServer
{
    /// <summary>Builds the server, without starting it. Only this machine can connect.</summary>
    /// <param name="feed">The training's events.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    internal static WebApplication Create(TrainingFeed feed, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "espalier" });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>(); // signals are the program's
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // pages that watch keep their connections
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        WebApplication app = builder.Build();
        LocalHosts.Require(app, IPAddress.Loopback);
        string[] get = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/", get, Told(PageEndpoint.Watch));
        app.MapMethods("/page/{file}", get, Told(PageEndpoint.File));
        app.MapMethods("/v1/training", [HttpMethods.Get], Told(context => SendAsync(context, feed)));
        app.MapMethods("/v1/training/samples", [HttpMethods.Get], Told(async context => await JsonAnswer.WriteAsync(context, await feed.SamplesAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false)));
        return app;
    }

    private static RequestDelegate Told(RequestDelegate next) => async context =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ServingException refused)
        {
            await ErrorAnswer.WriteAsync(context, refused).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the page was closed
        }
    };

    private static async Task SendAsync(HttpContext context, TrainingFeed feed)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await foreach (string text in feed.ReadAsync(context.RequestAborted).ConfigureAwait(false))
        {
            await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }
}
