using System.Diagnostics;

namespace Espalier.Serving;

/// <summary>Until when a request is worth computing: its client is there and its deadline has not passed.</summary>
internal sealed class TimeLimit : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _source;

    /// <summary>Starts now.</summary>
    /// <param name="time">The time that the client gives; <see langword="null"/> for any.</param>
    /// <param name="gone">Cancelled when the client goes away.</param>
    internal TimeLimit(TimeSpan? time, CancellationToken gone)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(gone);
        if (time is { } limit && limit < s_longest)
        {
            Deadline = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
            _source.CancelAfter(limit);
        }
    }

    /// <summary>The timestamp of the deadline.</summary>
    internal long Deadline { get; } = long.MaxValue;

    internal CancellationToken Token => _source.Token;

    public void Dispose() => _source.Dispose();

    /// <summary>The error of a request whose deadline has passed.</summary>
    internal static ServingException Passed() => new(StatusCodes.Status504GatewayTimeout, "the deadline of the request passed before it was computed");
}
