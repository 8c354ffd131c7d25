namespace Espalier.Serving;

/// <summary>What becomes of a request, for its log line and the metrics.</summary>
/// <param name="id">The id that log lines and the answer's header <c>X-Request-Id</c> have.</param>
internal sealed class RequestRecord(string id)
{
    internal string Id => id;

    /// <summary>The model's name, once it is known that there is one: clients must not be able to create metrics.</summary>
    internal string? Model { get; set; }

    internal string? Version { get; set; }

    internal int Samples { get; set; }

    internal Outcome Outcome { get; set; }

    /// <summary>The error that the client is told, or <see langword="null"/>.</summary>
    internal string? Error { get; set; }

    /// <summary>Whether it is counted: before its answer begins, so that a client that has the answer finds it in the metrics.</summary>
    internal bool Counted { get; set; }

    /// <summary>The time that reading the photo or tensor took.</summary>
    internal TimeSpan? Decode { get; set; }

    /// <summary>The time in the queue.</summary>
    internal TimeSpan? Wait { get; set; }

    /// <summary>The time that its batch was computed.</summary>
    internal TimeSpan? Compute { get; set; }
}
