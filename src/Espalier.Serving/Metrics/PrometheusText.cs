using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Espalier.Serving;

/// <summary>Collects a server's instruments and writes them in Prometheus' text format (version 0.0.4), named as OpenTelemetry's exporter names them.</summary>
internal sealed class PrometheusText : IDisposable
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _writing = new();
    private readonly Lock _lock = new(); // of the values
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public PrometheusText(ServingMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                listener.EnableMeasurementEvents(instrument, Add(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record((Family)state!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record((Family)state!, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record((Family)state!, value, tags));
        _listener.Start();
    }

    /// <summary>All values as they are now.</summary>
    internal string Write()
    {
        lock (_writing)
        {
            Observe();
            var text = new StringBuilder();
            lock (_lock)
            {
                foreach ((string name, Family family) in _families)
                {
                    family.Write(name, text);
                }
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        lock (_lock)
        {
            foreach (Family family in _families.Values.Where(family => family.Type == "gauge"))
            {
                family.Series.Clear(); // a model that is gone has no queue
            }
        }

        _listener.RecordObservableInstruments();
    }

    private Family Add(Instrument instrument)
    {
        Family family = instrument switch
        {
            Histogram<double> histogram => new("histogram", instrument.Description!, [.. histogram.Advice!.HistogramBucketBoundaries!]),
            Histogram<int> histogram => new("histogram", instrument.Description!, [.. histogram.Advice!.HistogramBucketBoundaries!.Select(bound => (double)bound)]),
            Counter<long> => new("counter", instrument.Description!, null),
            _ => new("gauge", instrument.Description!, null),
        };
        string name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "") + (family.Type == "counter" ? "_total" : "");
        lock (_lock)
        {
            _families.Add(name, family);
        }

        return family;
    }

    private void Record(Family family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string key, object? tag) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(key).Append("=\"").Append(Escape(tag?.ToString() ?? "")).Append('"');
        }

        lock (_lock)
        {
            family.Record(labels.ToString(), value);
        }
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>One instrument's series, each with its labels.</summary>
    private sealed class Family(string type, string help, double[]? bounds)
    {
        internal string Type => type;

        internal SortedDictionary<string, Values> Series { get; } = new(StringComparer.Ordinal);

        internal void Record(string labels, double value)
        {
            if (!Series.TryGetValue(labels, out Values? values))
            {
                Series.Add(labels, values = new Values { Buckets = new long[bounds?.Length ?? 0] });
            }

            values.Count++;
            values.Sum = type == "gauge" ? value : values.Sum + value;
            for (int i = 0; i < values.Buckets.Length; i++)
            {
                values.Buckets[i] += value <= bounds![i] ? 1 : 0;
            }
        }

        internal void Write(string name, StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach ((string labels, Values values) in Series)
            {
                if (bounds is null)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {values.Sum}\n");
                    continue;
                }

                for (int i = 0; i < bounds.Length; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bounds[i]}\"}} {values.Buckets[i]}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"+Inf\"}} {values.Count}\n{name}_sum{{{labels}}} {values.Sum}\n{name}_count{{{labels}}} {values.Count}\n");
            }
        }
    }

    private sealed class Values
    {
        internal required long[] Buckets { get; init; }

        internal long Count { get; set; }

        internal double Sum { get; set; }
    }
}
