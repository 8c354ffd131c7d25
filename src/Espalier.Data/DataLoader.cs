using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Reads a data set batch by batch and epoch by epoch; decoding and augmentation run on background threads, several batches ahead.</summary>
/// <remarks>
/// <para>
/// Order and augmentation are functions of seed, epoch and sample only. Batches are therefore bit-identical for any number of threads, and a
/// loader set to a saved <see cref="Position"/> continues with the same batches.
/// </para>
/// <para>A loader may be used by one thread at a time. The memory of a batch is reused once the next one is requested.</para>
/// </remarks>
public sealed class DataLoader
{
    private readonly BatchMaker _maker;
    private readonly BatchRing _ring;
    private readonly EpochOrder _order;
    private readonly SortedDictionary<int, SampleFailure> _failures = [];
    private DataPosition _position;
    private bool _reading;

    /// <summary>Creates a loader at the start of epoch 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="EspalierException">The data set is too small for one batch.</exception>
    public DataLoader(IDataset dataset, InputPipeline pipeline, DataLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(pipeline);
        OptionCheck.AtLeast<int>(options.BatchSize, 1, $"{nameof(DataLoaderOptions)}.{nameof(options.BatchSize)}");
        OptionCheck.Require(options.Workers is >= 0 and <= ThreadCount.Most, options.Workers, $"0 to {ThreadCount.Most}", $"{nameof(DataLoaderOptions)}.{nameof(options.Workers)}");
        if (options.Share is not { Parts: >= 1, First: >= 0, Count: >= 1 } share || share.First + (long)share.Count > share.Parts)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Share, $"Expected a {nameof(DataLoaderOptions.Share)} of some of at least 1 part.");
        }

        OptionCheck.AtLeast<int>(options.Prefetch, 0, $"{nameof(DataLoaderOptions)}.{nameof(options.Prefetch)}");
        int full = dataset.Count / options.BatchSize;
        BatchesPerEpoch = options.DropLast || dataset.Count % options.BatchSize == 0 ? full : full + 1;
        if (BatchesPerEpoch == 0)
        {
            throw new EspalierException($"the data set has {dataset.Count} samples, too few for a batch of {options.BatchSize}");
        }

        SmallestBatch = options.DropLast || dataset.Count % options.BatchSize == 0 ? options.BatchSize : dataset.Count % options.BatchSize;
        if (SmallestBatch < options.Share.Parts)
        {
            throw new EspalierException(
                $"a batch of {SmallestBatch} images cannot be cut into {options.Share.Parts} parts{(SmallestBatch < options.BatchSize ? ": it is the last one of an epoch of the data; choose another batch size or leave it out" : "")}");
        }

        Dataset = dataset;
        Pipeline = pipeline;
        Options = options;
        _maker = new BatchMaker(dataset, pipeline, options);
        _ring = new BatchRing(pipeline.Shape, options, dataset.Count, BatchesPerEpoch);
        _order = new EpochOrder(dataset.Count, options);
    }

    /// <summary>The data set that is read.</summary>
    public IDataset Dataset { get; }

    /// <summary>The preprocessing and augmentation of each image.</summary>
    public InputPipeline Pipeline { get; }

    /// <summary>The loader's options.</summary>
    public DataLoaderOptions Options { get; }

    /// <summary>Number of batches per epoch, including a smaller last one unless it is dropped.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Number of images of the smallest batch: the last one of an epoch, unless all are full.</summary>
    internal int SmallestBatch { get; }

    /// <summary>Number of samples per epoch.</summary>
    public int SamplesPerEpoch => (int)Math.Min(Dataset.Count, (long)BatchesPerEpoch * Options.BatchSize);

    /// <summary>
    /// The next batch. While a batch is in use this already refers to the one after it, so save it after the training step. It may be set between
    /// two calls of <see cref="ReadEpoch"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch in an epoch.</exception>
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

    /// <summary>How many samples read so far could not be decoded.</summary>
    internal int FailureCount => _failures.Count;

    /// <summary>The samples read so far that could not be decoded, each once, in the data set's order.</summary>
    public IReadOnlyList<SampleFailure> Failures => [.. _failures.Values];

    /// <summary>Reads the batches from <see cref="Position"/> to the end of its epoch; afterwards the position is the first batch of the next epoch.</summary>
    /// <remarks>The enumeration may be abandoned: the next call continues with the batch after the last one returned.</remarks>
    /// <exception cref="EspalierException">A sample cannot be read and <see cref="DataLoaderOptions.Unreadable"/> is <see cref="UnreadableSamples.Stop"/>, or no sample can be read; the message names the sample.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
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
            var span = new EpochSpan(epoch, _position.Batch, BatchesPerEpoch);
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
