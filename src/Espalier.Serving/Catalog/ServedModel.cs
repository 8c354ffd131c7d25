using System.Globalization;
using Espalier.Data;

namespace Espalier.Serving;

/// <summary>A loaded model with its queue. It ends when the catalog has dropped it and the last request has given it back.</summary>
internal sealed class ServedModel
{
    private readonly Batcher _batcher;
    private readonly int _queue;
    private int _users = 1; // the catalog

    private ServedModel(ModelLocation location, Model model, IRunnable runnable, ServingOptions options, ServingMetrics metrics)
    {
        Explained = options.Page ? new ExplainedModel(location, model, options) : null;
        Graph graph = runnable.Graph;
        (Name, Version, Metadata) = (location.Name, location.Version.ToString(CultureInfo.InvariantCulture), model.Metadata);
        (InputName, Sample) = (graph.Input.Name, graph.ShapeOf(graph.Input.Name));
        Outputs = [.. graph.Outputs.Select(output => (output, graph.ShapeOf(output)))];
        (MaxBatch, _queue, Admission) = (options.MaxBatch, options.Queue, new Admission(options.Queue));
        if (model.Metadata.Preprocessing is not null)
        {
            Photos = InputPipeline.Of(model);
            Pixels = new InputPipeline(Sample, Photos.Normalization);
            ClassCount = OutputClasses.Of(model).Count;
        }

        _batcher = new Batcher(new BatchRun(runnable, Sample), new BatcherOptions(options.MaxBatch, options.MaxWait), samples => metrics.Batch(Name, samples));
    }

    internal string Name { get; }

    internal string Version { get; }

    internal ModelMetadata Metadata { get; }

    internal string InputName { get; }

    /// <summary>The shape of one sample.</summary>
    internal Shape Sample { get; }

    internal int SampleLength => (int)Sample.Count;

    /// <summary>The outputs with their shapes for one sample.</summary>
    internal IReadOnlyList<(string Name, Shape Shape)> Outputs { get; }

    /// <summary>Converts photos to inputs; <see langword="null"/> for a model that does not say how.</summary>
    internal InputPipeline? Photos { get; }

    /// <summary>Normalizes photos that have the size of the input; <see langword="null"/> like <see cref="Photos"/>.</summary>
    internal InputPipeline? Pixels { get; }

    /// <summary>The number of classes, of a model with <see cref="Photos"/>.</summary>
    internal int ClassCount { get; }

    /// <summary>What the page tells about the model; <see langword="null"/> for a server without the page.</summary>
    internal ExplainedModel? Explained { get; }

    internal int MaxBatch { get; }

    internal Admission Admission { get; }

    /// <summary>Loads a model.</summary>
    /// <exception cref="EspalierException">The file is no model, or its preprocessing or labels do not fit its network.</exception>
    internal static ServedModel Load(ModelLocation location, ServingOptions options, WorkerPool workers, ServingMetrics metrics)
    {
        Model model = new ModelSource(location.Path).Load();
        Model sized = model.Metadata.Preprocessing is null ? model : model.WithInput(InputPipeline.Of(model).Shape);
        IRunnable runnable = (options.Runtime ?? Runtimes.Cpu).Prepare(sized, new RunOptions { Workers = workers, SingleShape = true });
        try
        {
            return new ServedModel(location, model, runnable, options, metrics);
        }
        catch
        {
            runnable.Dispose();
            throw;
        }
    }

    /// <summary>Takes places in the queue for the samples of a request.</summary>
    /// <exception cref="ServingException">The queue is full.</exception>
    internal Admission.Place Enter(int samples) => Admission.TryEnter(samples) ?? throw Full();

    /// <summary>Refuses a request before its body is read, where there is no place for one sample.</summary>
    /// <exception cref="ServingException">The queue is full.</exception>
    internal void RequireRoom()
    {
        if (Admission.IsFull)
        {
            throw Full();
        }
    }

    /// <summary>Computes the outputs of a request's samples.</summary>
    internal Task RunAsync(BatchRequest request, CancellationToken cancellation) => _batcher.RunAsync(request, cancellation);

    /// <summary>Keeps the model for a request; returns <see langword="false"/> if it has ended.</summary>
    internal bool TryUse()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    /// <summary>Gives it back; the last one ends its thread.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _batcher.Close();
            Explained?.Dispose();
        }
    }

    private ServingException Full() => new(StatusCodes.Status429TooManyRequests, $"the queue of {Name} is full ({_queue} samples)")
    {
        RetryAfter = Math.Max(1, (int)Math.Ceiling(Admission.Count * _batcher.SecondsPerSample)),
    };
}
