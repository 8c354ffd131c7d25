using System.Globalization;

namespace Espalier.Serving;

/// <summary>An error as the Open Inference Protocol has it: <c>{"error": "…"}</c>.</summary>
internal static class ErrorAnswer
{
    internal static Task WriteAsync(HttpContext context, ServingException error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // half of an answer must not pass for one
            return Task.CompletedTask;
        }

        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return JsonAnswer.WriteAsync(context, json => json.WriteString("error", error.Message));
    }
}
