using System.Diagnostics.Metrics;

namespace Espalier.Serving;

/// <summary>A server's instruments, in the meter <c>Espalier.Serving</c> of <see cref="System.Diagnostics.Metrics"/>: OpenTelemetry and <c>dotnet-counters</c> read them too.</summary>
internal sealed class ServingMetrics : IDisposable
{
    internal const string MeterName = "Espalier.Serving";

    // From a millisecond, a small network, to the time that clients wait at most.
    private static readonly double[] s_seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly int[] s_samples = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    private readonly Histogram<double> _stage;
    private readonly Histogram<double> _request;
    private readonly Histogram<int> _batch;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _loads;

    public ServingMetrics()
    {
        Meter = new Meter(MeterName);
        _stage = Meter.CreateHistogram("espalier.serving.stage.duration", "s", "Time of a request in decode (reading the photo or tensor), wait (in the queue) and compute (its batch).", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });
        _request = Meter.CreateHistogram("espalier.serving.request.duration", "s", "Time from a request's arrival to its answer.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });
        _batch = Meter.CreateHistogram("espalier.serving.batch.size", null, "Samples that were computed together.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = s_samples });
        _requests = Meter.CreateCounter<long>("espalier.serving.requests", null, "Requests by outcome.");
        _loads = Meter.CreateCounter<long>("espalier.serving.model.loads", null, "Models that were loaded, or failed to.");
        Meter.CreateObservableGauge("espalier.serving.queue.length", () => Queues?.Invoke() ?? [], null, "Samples that are accepted and not yet computed.");
    }

    internal Meter Meter { get; }

    /// <summary>Tells the length of each model's queue.</summary>
    internal Func<IEnumerable<Measurement<int>>>? Queues { get; set; }

    internal static KeyValuePair<string, object?> ModelTag(string name) => new("model", name);

    internal void Batch(string model, int samples) => _batch.Record(samples, ModelTag(model));

    internal void Load(string model, bool succeeded) => _loads.Add(1, ModelTag(model), new("outcome", succeeded ? "ok" : "failed"));

    /// <summary>Counts a request that has ended.</summary>
    internal void Request(RequestRecord record, double seconds)
    {
        KeyValuePair<string, object?> model = ModelTag(record.Model ?? ""), outcome = new("outcome", record.Outcome.ToString().ToLowerInvariant());
        _requests.Add(1, model, outcome);
        _request.Record(seconds, model, outcome);
        Stage(model, "decode", record.Decode);
        Stage(model, "wait", record.Wait);
        Stage(model, "compute", record.Compute);
    }

    public void Dispose() => Meter.Dispose();

    private void Stage(KeyValuePair<string, object?> model, string stage, TimeSpan? time)
    {
        if (time is { } spent)
        {
            _stage.Record(spent.TotalSeconds, model, new("stage", stage));
        }
    }
}
