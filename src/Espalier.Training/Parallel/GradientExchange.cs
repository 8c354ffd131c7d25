using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Sums the gradients of all parts of a batch, over the parts of this process and over all processes. With one part for each process, finished buckets are exchanged by a thread while the backward pass still runs.</summary>
internal sealed class GradientExchange : IDisposable
{
    private readonly GradientBuckets _buckets;
    private readonly int _parts;
    private readonly PartSum? _sum;
    private readonly float[] _numbers;
    private readonly IProcessGroup? _channel;
    private readonly OrderedSum? _ordered;
    private readonly BlockingCollection<int>? _ready;
    private readonly Thread? _thread;
    private readonly object _lock = new();
    private readonly int[] _missing; // parameters of each bucket that the backward pass has not completed
    private readonly HashSet<TrainingParameter> _complete = [];
    private int _pending; // buckets that are not summed; guarded by the lock
    private Exception? _failure; // guarded by the lock

    /// <param name="parameters">The parameters whose gradients are summed; they receive the sums.</param>
    /// <param name="parallel">The parts and the processes.</param>
    internal GradientExchange(IReadOnlyList<TrainingParameter> parameters, DataParallel parallel)
    {
        _buckets = new GradientBuckets(parameters);
        _parts = parallel.OwnParts;
        _numbers = new float[_buckets.Length];
        _sum = _parts > 1 ? new PartSum(_buckets.Length, parallel.ProcessCount == 1 ? parallel.AllParts : _parts) : null;
        _missing = new int[_buckets.Starts.Count];
        if (parallel.Others is { } processes)
        {
            _channel = processes.Duplicate();
            _ordered = new OrderedSum(_channel);
            _ready = [];
            _thread = new Thread(Work) { IsBackground = true, Name = "Espalier gradients" };
            _thread.Start();
        }
    }

    /// <summary>The bytes of the sums.</summary>
    internal long Bytes => sizeof(float) * (_numbers.LongLength + (_sum?.Length ?? 0));

    /// <summary>Begins a step.</summary>
    internal void Begin()
    {
        _sum?.Clear();
        _complete.Clear();
        for (int bucket = 0; bucket < _missing.Length; bucket++)
        {
            _missing[bucket] = _buckets.ParametersOf(bucket);
        }

        lock (_lock)
        {
            _pending = _ordered is null ? 0 : _missing.Length;
        }
    }

    /// <summary>Tells that the gradient of a parameter is complete: for the last pass of the only part of a process.</summary>
    internal void Complete(TrainingParameter parameter)
    {
        if (_parts == 1 && _complete.Add(parameter))
        {
            int bucket = _buckets.Read(parameter, _numbers);
            if (--_missing[bucket] == 0)
            {
                _ready?.Add(bucket);
            }
        }
    }

    /// <summary>Adds the gradients of a part, after its backward passes, in the order of the parts.</summary>
    internal void Add(IReadOnlyList<TrainingParameter> parameters)
    {
        if (_sum is not null)
        {
            _buckets.Read(parameters, _numbers);
            _sum.Add(_numbers);
        }
        else
        {
            foreach (TrainingParameter parameter in parameters.Where(parameter => parameter.Trainable))
            {
                Complete(parameter); // those that the backward passes did not reach
            }
        }
    }

    /// <summary>Waits for all sums and writes them into the gradients of the parameters.</summary>
    internal void Finish()
    {
        _sum?.Result.CopyTo(_numbers);
        for (int bucket = 0; bucket < _missing.Length && _sum is not null; bucket++)
        {
            _ready?.Add(bucket);
        }

        lock (_lock)
        {
            while (_pending > 0)
            {
                Monitor.Wait(_lock);
            }

            if (_failure is not null)
            {
                ExceptionDispatchInfo.Throw(_failure);
            }
        }

        _buckets.Write(_numbers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ready?.CompleteAdding();
        if (_thread?.Join(TimeSpan.FromSeconds(1)) != false)
        {
            _channel?.Dispose(); // otherwise the thread waits for a process that has ended
        }
    }

    private void Work()
    {
        foreach (int bucket in _ready!.GetConsumingEnumerable())
        {
            Exception? failure = null;
            try
            {
                _ordered!.Run(_numbers.AsSpan()[_buckets.RangeOf(bucket)]);
            }
#pragma warning disable CA1031 // it is rethrown on the thread that waits for the sums
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }

            lock (_lock)
            {
                _failure ??= failure;
                _pending = failure is null ? _pending - 1 : 0; // the others would fail too
                Monitor.PulseAll(_lock);
            }
        }
    }
}
