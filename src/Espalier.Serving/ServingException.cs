namespace Espalier.Serving;

/// <summary>How a request ended, as metrics and logs name it.</summary>
internal enum Outcome
{
    /// <summary>It was answered.</summary>
    Ok,

    /// <summary>The request was wrong: 4xx.</summary>
    Invalid,

    /// <summary>The token was missing or another: 401.</summary>
    Unauthorized,

    /// <summary>The queue was full: 429.</summary>
    Busy,

    /// <summary>The deadline passed before it was computed: 504.</summary>
    Deadline,

    /// <summary>The client went away.</summary>
    Cancelled,

    /// <summary>The server is shutting down: 503.</summary>
    Unavailable,

    /// <summary>A fault of the server: 500.</summary>
    Failed,
}

/// <summary>A request that gets an error for an answer. The message is for the client and names nothing of the machine.</summary>
public sealed class ServingException : EspalierException
{
    /// <summary>Creates the error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What was found and what was expected.</param>
    internal ServingException(int status, string message)
        : base(message) => Status = status;

    /// <summary>The HTTP status: 400 for a request that does not fit the model, 404 for an unknown model, 413 for too many bytes, 415 for what is no photo, 421 for another host than this machine, 422 for an output that is not finite, 429 for a full queue, 503 while the server stops, 504 for a deadline that has passed.</summary>
    public int Status { get; }

    /// <summary>After how many seconds another try makes sense, or <see langword="null"/>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>How the request counts.</summary>
    internal Outcome Outcome => Status switch
    {
        StatusCodes.Status401Unauthorized => Outcome.Unauthorized,
        StatusCodes.Status429TooManyRequests => Outcome.Busy,
        StatusCodes.Status503ServiceUnavailable => Outcome.Unavailable,
        StatusCodes.Status504GatewayTimeout => Outcome.Deadline,
        < StatusCodes.Status500InternalServerError => Outcome.Invalid,
        _ => Outcome.Failed,
    };

    internal static ServingException Invalid(string message) => new(StatusCodes.Status400BadRequest, message);
}
