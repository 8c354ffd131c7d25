using System.Runtime.ExceptionServices;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A batch being prepared; several threads fill different rows.</summary>
/// <param name="full">Memory of a full batch.</param>
/// <param name="smaller">Memory of an epoch's last batch, if it has fewer samples.</param>
internal sealed class BatchSlot(Batch full, Lazy<Batch> smaller)
{
    private readonly Lock _failing = new();
    private readonly List<SampleFailure> _failures = [];
    private readonly bool[] _leftOut = new bool[full.Count];
    private readonly Batch _full = full;
    private Batch _batch = full;
    private Exception? _error;
    private int _errorRow;

    /// <summary>Number of rows not yet prepared; guarded by the reader's lock.</summary>
    internal int Remaining { get; set; }

    /// <summary>The samples that could not be read.</summary>
    internal IReadOnlyList<SampleFailure> Failures => _failures;

    /// <summary>Number of rows of the batch.</summary>
    internal int Rows => _batch.Count;

    /// <summary>Starts a batch.</summary>
    /// <param name="parts">The number of samples of each part that is read.</param>
    internal void Begin(int[] parts)
    {
        int count = parts.Sum();
        _batch = count == _full.Count ? _full : smaller.Value;
        _batch.Parts = parts;
        _failures.Clear();
        _leftOut.AsSpan().Clear();
        _error = null;
        Remaining = count;
    }

    /// <summary>The memory of a row's input.</summary>
    internal Span<float> Row(int row)
    {
        Span<float> images = _batch.Images.Write<float>();
        int length = images.Length / _batch.Count;
        return images.Slice(row * length, length);
    }

    /// <summary>Sets a row's sample index and label.</summary>
    internal void Set(int row, int index, int label) => (_batch.Indices[row], _batch.Labels[row]) = (index, label);

    /// <summary>Records a sample that could not be read.</summary>
    internal void Add(SampleFailure failure)
    {
        lock (_failing)
        {
            _failures.Add(failure);
        }
    }

    /// <summary>Removes a row from the batch.</summary>
    internal void Skip(int row) => _leftOut[row] = true;

    /// <summary>Records an error; of several errors the one of the first row is kept.</summary>
    internal void Fail(int row, Exception error)
    {
        lock (_failing)
        {
            if (_error is null || row < _errorRow)
            {
                (_error, _errorRow) = (error, row);
            }
        }
    }

    /// <summary>The finished batch, or <see langword="null"/> where no row is left. Throws the recorded error, if any.</summary>
    internal Batch? Result()
    {
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        if (!_leftOut.Contains(true))
        {
            return _batch;
        }

        int[] kept = [.. Enumerable.Range(0, _batch.Count).Where(row => !_leftOut[row])];
        return kept.Length == 0 ? null : Only(kept);
    }

    private Batch Only(int[] rows)
    {
        Tensor images = Tensor.Zeros(_batch.Images.Shape.WithoutFirst().Prepend(rows.Length));
        Span<float> to = images.Write<float>();
        int length = to.Length / rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(to.Slice(i * length, length));
        }

        return new Batch(images, [.. rows.Select(row => _batch.Labels[row])], [.. rows.Select(row => _batch.Indices[row])]) { Parts = PartsOf(rows) };
    }

    private int[] PartsOf(int[] rows)
    {
        int end = 0;
        return [.. _batch.Parts.Select(size =>
        {
            (int start, end) = (end, end + size);
            return rows.Count(row => row >= start && row < end);
        })];
    }
}
