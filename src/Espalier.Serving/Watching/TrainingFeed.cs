using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Espalier.Training;

namespace Espalier.Serving;

/// <summary>What happens in a training, as server-sent events for pages that watch it. Reports may come from any thread and never wait for a page.</summary>
/// <param name="title">What is trained, in the page's heading.</param>
internal sealed class TrainingFeed(string title) : IProgress<TrainingProgress>
{
    private const int MostReaders = 16;
    private const int MostPrunings = 100; // the last ones; the curve has all
    private const int Unread = 64; // events that a page may be behind before the oldest are left out

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_chartInterval = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly TrainingCurves _curves = new();
    private readonly List<Channel<string>> _readers = [];
    private long _last;
    private long _lastCharts = Stopwatch.GetTimestamp();
    private string? _step;
    private string? _end;
    private SampleFeed? _samples;
    private int _epoch;

    /// <summary>Tells that a training begins.</summary>
    /// <param name="session">The training before its first step.</param>
    internal void Begin(TrainingSession session)
    {
        AugmentedSamples samples = session.Samples;
        Begin(epoch => samples.Read(epoch, SampleFeed.Images), (int)Math.Min(session.Trainer.Position.Epoch, (session.Steps - 1) / session.Data.BatchesPerEpoch));
    }

    /// <summary>Tells that a training begins.</summary>
    /// <param name="samples">Makes the first training images of an epoch, counted from 0.</param>
    /// <param name="epoch">The current epoch, from 0.</param>
    internal void Begin(Func<int, IReadOnlyList<AugmentedSample>> samples, int epoch)
    {
        lock (_lock)
        {
            (_samples, _epoch) = (new SampleFeed(samples), epoch);
        }
    }

    /// <summary>Tells of a step; of steps within a quarter of a second the pages get one, and new curves every three seconds.</summary>
    public void Report(TrainingProgress value)
    {
        lock (_lock)
        {
            _curves.Add(value);
            _epoch = value.Epoch - 1;
            if (_step is null || Stopwatch.GetElapsedTime(_last) >= s_interval || value.Step == value.TotalSteps)
            {
                _last = Stopwatch.GetTimestamp();
                _step = StepEvent(value);
                Publish(_step);
            }

            if (_readers.Count > 0 && Stopwatch.GetElapsedTime(_lastCharts) >= s_chartInterval)
            {
                PublishCharts();
            }
        }
    }

    /// <summary>Tells of a finished epoch.</summary>
    internal void Report(EpochRecord epoch)
    {
        lock (_lock)
        {
            _curves.Add(epoch);
            PublishCharts();
        }
    }

    /// <summary>Tells of a pruning step, which the pages get with the next curves.</summary>
    internal void Report(GradualPruningStep pruning)
    {
        lock (_lock)
        {
            _curves.Add(pruning);
        }
    }

    /// <summary>The first training images of the current epoch as JSON.</summary>
    /// <param name="cancellation">Cancelled when the page is closed.</param>
    /// <exception cref="ServingException">The training has not begun, or an image cannot be read.</exception>
    internal Task<ReadOnlyMemory<byte>> SamplesAsync(CancellationToken cancellation)
    {
        (SampleFeed? Samples, int Epoch) now;
        lock (_lock)
        {
            now = (_samples, _epoch);
        }

        return now.Samples?.ReadAsync(now.Epoch, cancellation) ?? throw new ServingException(StatusCodes.Status404NotFound, "the training has not begun") { RetryAfter = 1 };
    }

    /// <summary>Tells how it ended.</summary>
    /// <param name="how">A word or sentence.</param>
    internal void End(string how)
    {
        lock (_lock)
        {
            _end = Event("end", json => json.WriteString("how", how));
            Publish(_end);
            _readers.ForEach(reader => reader.Writer.TryComplete());
        }
    }

    /// <summary>The events that a new page needs, and then those that come.</summary>
    /// <param name="cancellation">Cancelled when the page is closed.</param>
    /// <exception cref="ServingException">There are too many pages.</exception>
    internal async IAsyncEnumerable<string> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(Unread) { FullMode = BoundedChannelFullMode.DropOldest });
        Enter(channel);
        try
        {
            await foreach (string text in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return text;
            }
        }
        finally
        {
            lock (_lock)
            {
                _readers.Remove(channel);
            }
        }
    }

    private void Enter(Channel<string> channel)
    {
        lock (_lock)
        {
            if (_readers.Count == MostReaders)
            {
                throw new ServingException(StatusCodes.Status429TooManyRequests, $"{MostReaders} pages watch the training already") { RetryAfter = 10 };
            }

            foreach (string? past in (ReadOnlySpan<string?>)[Event("begin", json => json.WriteString("title", title)), ChartEvent(), _step, _end])
            {
                if (past is not null)
                {
                    channel.Writer.TryWrite(past);
                }
            }

            if (_end is null)
            {
                _readers.Add(channel);
            }
            else
            {
                channel.Writer.Complete();
            }
        }
    }

    private void PublishCharts()
    {
        _lastCharts = Stopwatch.GetTimestamp();
        Publish(ChartEvent());
    }

    private void Publish(string text) => _readers.ForEach(reader => reader.Writer.TryWrite(text));

    private static string StepEvent(TrainingProgress value) => Event("step", json =>
    {
        json.WriteNumber("epoch", value.Epoch);
        json.WriteNumber("epochs", value.Epochs);
        json.WriteNumber("step", value.Step);
        json.WriteNumber("steps", value.TotalSteps);
        json.Number("rate", value.LearningRate);
        json.Number("loss", value.Loss);
        json.Number("accuracy", value.Accuracy);
        json.Number("images_per_second", value.ImagesPerSecond);
        json.Number("seconds_left", value.Left.TotalSeconds);
    });

    private string ChartEvent() => Event("charts", json =>
    {
        json.Texts("charts", _curves.Draw());
        json.WriteStartArray("epochs");
        foreach (EpochRecord epoch in _curves.Epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", epoch.Epoch);
            json.Number("training_loss", epoch.TrainingLoss);
            json.Number("training_accuracy", epoch.TrainingAccuracy);
            json.Number("validation_loss", epoch.ValidationLoss);
            json.Number("validation_accuracy", epoch.ValidationAccuracy);
            json.Number("images_per_second", epoch.ImagesPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pruning");
        foreach (GradualPruningStep pruning in _curves.Prunings.Skip(_curves.Prunings.Count - MostPrunings))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", pruning.Epoch);
            json.WriteNumber("step", pruning.Step);
            json.WriteNumber("weights", pruning.Weights);
            json.WriteNumber("masked", pruning.Masked);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Event(string name, Action<Utf8JsonWriter> members) => $"event: {name}\ndata: {Encoding.UTF8.GetString(JsonAnswer.Of(members).Span)}\n\n";
}
