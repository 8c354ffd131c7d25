using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The memory of a loader's batches, the one in use and those prepared ahead, used as a ring.</summary>
internal sealed class BatchRing
{
    private readonly BatchSlot[] _slots;
    private readonly int _batchSize;
    private readonly int _samples;
    private readonly BatchShare _share;

    internal BatchRing(Shape sample, DataLoaderOptions options, int samples, int batches)
    {
        (_batchSize, _share) = (options.BatchSize, options.Share);
        _samples = (int)Math.Min(samples, (long)batches * options.BatchSize);
        int full = _share.Sizes(Math.Min(_batchSize, _samples)).Sum(), last = _share.Sizes(_samples % _batchSize).Sum();
        var smaller = new Lazy<Batch>(() => Allocate(sample, last));
        int slots = options.Workers == 0 ? 1 : (int)Math.Min(options.Prefetch + 1L, batches);
        _slots = [.. Enumerable.Range(0, slots).Select(_ => new BatchSlot(Allocate(sample, full), smaller))];
    }

    /// <summary>Number of batches that there is memory for.</summary>
    internal int Length => _slots.Length;

    /// <summary>The slot of a batch of an epoch.</summary>
    internal BatchSlot this[int batch] => _slots[batch % _slots.Length];

    /// <summary>Number of samples of each part of a batch of an epoch that is read.</summary>
    internal int[] PartsOf(int batch) => _share.Sizes(WholeOf(batch));

    /// <summary>Place in the epoch of the first sample of a batch that is read.</summary>
    internal int StartOf(int batch) => (batch * _batchSize) + _share.Start(WholeOf(batch));

    private int WholeOf(int batch) => Math.Min(_batchSize, _samples - (batch * _batchSize));

    private static Batch Allocate(Shape sample, int count) => new(Tensor.Zeros(sample.Prepend(count)), new int[count], new int[count]);
}
