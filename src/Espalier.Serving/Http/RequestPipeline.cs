using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Espalier.Serving;

/// <summary>What an endpoint is for.</summary>
internal enum EndpointKind
{
    /// <summary>A probe: without token, and answered while the server stops.</summary>
    Probe,

    /// <summary>Tells about the server: answered while it stops.</summary>
    Information,

    /// <summary>A file of the page, the same for every server: without token, which the page itself asks for, and answered while the server stops.</summary>
    Page,

    /// <summary>Computes: accepted requests are all answered, and none is accepted while the server stops.</summary>
    Work,
}

/// <summary>Wraps every endpoint: request id, token, refusal while the server stops, errors as JSON, log line and metrics.</summary>
internal sealed partial class RequestPipeline(ServingOptions options, Drain drain, ServingMetrics metrics, ILogger<RequestPipeline> log)
{
    private const string IdHeader = "X-Request-Id";
    private const int LongestId = 64;

    // Digests have one length, so that comparing them tells nothing about the token's.
    private readonly byte[]? _token = options.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}")) : null;

    /// <summary>The endpoint with all of it.</summary>
    internal RequestDelegate Wrap(EndpointKind kind, RequestDelegate next) => async context =>
    {
        long start = Stopwatch.GetTimestamp();
        var record = new RequestRecord(IdOf(context.Request));
        context.Features.Set(record);
        context.Response.Headers[IdHeader] = record.Id;
        context.Response.OnStarting(() =>
        {
            CloseWhenDraining(context);
            TellTimes(context.Response, record);
            Count(kind, record, context, start);
            return Task.CompletedTask;
        });
        try
        {
            Authorize(context, kind);
            await EnterAsync(context, kind, next, record).ConfigureAwait(false);
        }
        catch (ServingException refused)
        {
            Refuse(record, refused.Outcome, refused.Message);
            await ErrorAnswer.WriteAsync(context, refused).ConfigureAwait(false);
        }

        Count(kind, record, context, start); // of a client that is gone no answer begins
    };

    private void Count(EndpointKind kind, RequestRecord record, HttpContext context, long start)
    {
        if (kind == EndpointKind.Work && !record.Counted)
        {
            record.Counted = true;
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            metrics.Request(record, time.TotalSeconds);
            Tell(record, context, time);
        }
    }

    private async Task EnterAsync(HttpContext context, EndpointKind kind, RequestDelegate next, RequestRecord record)
    {
        if (kind != EndpointKind.Work)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (!drain.TryEnter())
        {
            throw new ServingException(StatusCodes.Status503ServiceUnavailable, "the server is shutting down") { RetryAfter = 1 };
        }

        try
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            {
                bool isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true; // which bounds its messages itself
                body.MaxRequestBodySize = isGrpc ? null : options.MaxBodyBytes;
            }

            await RunAsync(context, next, record).ConfigureAwait(false);
        }
        finally
        {
            drain.Leave();
        }
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, RequestRecord record)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Refuse(record, Outcome.Cancelled, "the client went away");
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            Refuse(record, Outcome.Cancelled, "the client went away");
        }
        catch (OperationCanceledException)
        {
            throw TimeLimit.Passed();
        }
        catch (BadHttpRequestException bad)
        {
            throw new ServingException(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the request's body has more than the limit of {options.MaxBodyBytes} bytes" : bad.Message);
        }
#pragma warning disable CA1031 // whatever goes wrong is logged, and the client is told the id of the line and nothing of the machine
        catch (Exception error) when (error is not ServingException)
#pragma warning restore CA1031
        {
            Fault(record.Id, error);
            throw new ServingException(StatusCodes.Status500InternalServerError, $"internal error; the log has it under the request id {record.Id}");
        }
    }

    private static void Refuse(RequestRecord record, Outcome outcome, string message) => (record.Outcome, record.Error) = (outcome, message);

    private void Authorize(HttpContext context, EndpointKind kind)
    {
        if (_token is null || kind is EndpointKind.Probe or EndpointKind.Page)
        {
            return;
        }

        string given = context.Request.Headers.Authorization.ToString();
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _token))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ServingException(StatusCodes.Status401Unauthorized, given.Length == 0 ? "the request has no token; expected the header 'Authorization: Bearer …'" : "the request's token is not the server's");
        }
    }

    private void CloseWhenDraining(HttpContext context)
    {
        if (drain.Draining && !HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }

    /// <summary>Says how long each stage took, as browsers show it too (W3C "Server Timing", §3): milliseconds, and nothing in the answer itself, which stays the same for the same photo.</summary>
    private static void TellTimes(HttpResponse response, RequestRecord record)
    {
        if (record.Compute is { } compute)
        {
            response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"decode;dur={Milliseconds(record.Decode):0.###}, wait;dur={Milliseconds(record.Wait):0.###}, compute;dur={compute.TotalMilliseconds:0.###}");
        }
    }

    /// <summary>The client's id where it is one that can go into logs and headers as it is; otherwise a new one.</summary>
    private static string IdOf(HttpRequest request)
    {
        string given = request.Headers[IdHeader].ToString();
        return given.Length is > 0 and <= LongestId && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') ? given : Guid.NewGuid().ToString("N");
    }

    private void Tell(RequestRecord record, HttpContext context, TimeSpan time)
    {
        if (record.Error is { } error)
        {
            Refused(record.Id, context.Request.Path, record.Model, record.Outcome, error, time.TotalMilliseconds);
        }
        else
        {
            Answered(record.Id, context.Request.Path, record.Model, record.Version, record.Samples, Milliseconds(record.Decode), Milliseconds(record.Wait), Milliseconds(record.Compute), time.TotalMilliseconds);
        }
    }

    private static double Milliseconds(TimeSpan? time) => time?.TotalMilliseconds ?? 0;

    [LoggerMessage(LogLevel.Information, "{RequestId} {Path} answered: model {Model} version {Version}, {Samples} samples, decode {Decode} ms, wait {Wait} ms, compute {Compute} ms, {Total} ms in all")]
    private partial void Answered(string requestId, string path, string? model, string? version, int samples, double decode, double wait, double compute, double total);

    [LoggerMessage(LogLevel.Warning, "{RequestId} {Path} not answered: model {Model}, {Outcome}, {Error}, {Total} ms in all")]
    private partial void Refused(string requestId, string path, string? model, Outcome outcome, string error, double total);

    [LoggerMessage(LogLevel.Error, "{RequestId} failed")]
    private partial void Fault(string requestId, Exception error);
}
