using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Reads a data set batch by batch, epoch by epoch: decoding and augmentation run on threads of their own, some batches ahead.</summary>
/// <remarks>
/// <para>
/// Order and augmentation are drawn from (seed, epoch, sample) alone. So batches are bit-identical for any number of threads, and a
/// loader that is put to a saved <see cref="Position"/> goes on with the batches that would have come.
/// </para>
/// <para>One thread at a time may use a loader. The memory of a batch is used again once the next one is asked for.</para>
/// </remarks>
public sealed class DataLoader
{
    private readonly BatchMaker _maker;
    private readonly BatchRing _ring;
    private readonly EpochOrder _order;
    private readonly SortedDictionary<int, SampleFailure> _failures = [];
    private DataPosition _position;
    private bool _reading;

    /// <summary>A loader at the start of epoch 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="EspalierException">The data set has too few samples for a single batch.</exception>
    public DataLoader(IDataset dataset, InputPipeline pipeline, DataLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Workers, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Prefetch, nameof(options));
        int full = dataset.Count / options.BatchSize;
        BatchesPerEpoch = options.DropLast || dataset.Count % options.BatchSize == 0 ? full : full + 1;
        if (BatchesPerEpoch == 0)
        {
            throw new EspalierException($"the data set has {dataset.Count} samples, too few for a batch of {options.BatchSize}");
        }

        Dataset = dataset;
        Pipeline = pipeline;
        Options = options;
        _maker = new BatchMaker(dataset, pipeline, options);
        _ring = new BatchRing(pipeline.Shape, options, dataset.Count, BatchesPerEpoch);
        _order = new EpochOrder(dataset.Count, options);
    }

    /// <summary>What is read.</summary>
    public IDataset Dataset { get; }

    /// <summary>What is done to each picture.</summary>
    public InputPipeline Pipeline { get; }

    /// <summary>How it is read.</summary>
    public DataLoaderOptions Options { get; }

    /// <summary>Batches of a whole epoch, the last and smaller one included unless it is dropped.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Samples of a whole epoch.</summary>
    public int SamplesPerEpoch => (int)Math.Min(Dataset.Count, (long)BatchesPerEpoch * Options.BatchSize);

    /// <summary>
    /// The batch that comes next. While a batch is in use this already names the one after it: save it once the batch has been learnt
    /// from. It may be set between two calls of <see cref="ReadEpoch"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    /// <exception cref="InvalidOperationException">An epoch is being read.</exception>
    public DataPosition Position
    {
        get => _position;
        set
        {
            RequireIdle();
            ArgumentOutOfRangeException.ThrowIfNegative(value.Epoch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative(value.Batch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value.Batch, BatchesPerEpoch, nameof(value));
            _position = value;
        }
    }

    /// <summary>The samples met so far that could not be read, in the data set's order; each is named once.</summary>
    public IReadOnlyList<SampleFailure> Failures => [.. _failures.Values];

    /// <summary>The batches from <see cref="Position"/> to the end of its epoch; then the position is the next epoch's first batch.</summary>
    /// <remarks>Breaking off is fine: the next call goes on with the batch after the last one that was handed out.</remarks>
    /// <exception cref="EspalierException">A sample cannot be read and <see cref="DataLoaderOptions.Unreadable"/> is to stop, or none can; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">An epoch is being read already.</exception>
    public IEnumerable<Batch> ReadEpoch(CancellationToken cancellation = default)
    {
        RequireIdle();
        return Read(cancellation);
    }

    private IEnumerable<Batch> Read(CancellationToken cancellation)
    {
        RequireIdle();
        _reading = true;
        try
        {
            int epoch = _position.Epoch;
            var span = new EpochSpan(epoch, _position.Batch, BatchesPerEpoch, Options.BatchSize);
            using var reader = new EpochReader(_maker, _ring, _order, span, Options.Workers, cancellation);
            for (int batch = _position.Batch; batch < BatchesPerEpoch; batch++)
            {
                BatchSlot slot = reader.Take(batch);
                foreach (SampleFailure failure in slot.Failures)
                {
                    _failures.TryAdd(failure.Index, failure);
                }

                Batch? result = slot.Result();
                _position = batch + 1 < BatchesPerEpoch ? new DataPosition(epoch, batch + 1) : new DataPosition(epoch + 1, 0);
                if (result is not null)
                {
                    yield return result;
                }

                reader.Release();
            }
        }
        finally
        {
            _reading = false;
        }
    }

    private void RequireIdle()
    {
        if (_reading)
        {
            throw new InvalidOperationException("An epoch is being read; a loader reads one at a time.");
        }
    }
}
