using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The sums of a synchronized batch norm, chunk by chunk, over all parts of a batch. They are added up in the order of parts and chunks, so that the result depends on the parts alone, wherever they are computed.</summary>
/// <param name="kernel">The norm's kernel.</param>
/// <param name="exchange">What brings the parts together.</param>
/// <param name="batch">The largest number of images of a part.</param>
internal sealed class BatchNormParts(BatchNormTraining kernel, IStatisticsExchange exchange, int batch)
{
    private const int Header = 1; // the number of images of the part

    private readonly float[] _own = new float[Header + kernel.WorkspaceLength(batch)];
    private readonly List<int> _images = [];
    private float[] _sums = [];
    private int[] _chunkImages = [];
    private int _length;

    /// <summary>The images of all parts.</summary>
    internal long Images { get; private set; }

    /// <summary>The sums of all chunks, as the kernel writes them.</summary>
    internal ReadOnlySpan<float> Sums => _sums.AsSpan(0, _length);

    /// <summary>The number of images of each chunk.</summary>
    internal ReadOnlySpan<int> ChunkImages => _chunkImages;

    /// <summary>Removes the sums of the pass before.</summary>
    internal void Forget() => (_length, _chunkImages, Images) = (0, [], 0);

    /// <summary>Brings together the sums of all parts.</summary>
    /// <param name="count">The number of images of this part; 0 where it does not compute the norm.</param>
    /// <param name="sums">The sums of this part.</param>
    internal void Gather(int count, ReadOnlySpan<float> sums)
    {
        Forget();
        _own.AsSpan().Clear();
        _own[0] = count;
        int length = count == 0 ? 0 : kernel.WorkspaceLength(count);
        sums[..length].CopyTo(_own.AsSpan(Header));
        ReadOnlySpan<float> all = exchange.Gather(_own);
        if (_sums.Length < all.Length)
        {
            _sums = new float[all.Length];
        }

        _images.Clear();
        for (int start = 0; start < all.Length; start += _own.Length)
        {
            int images = (int)all[start];
            length = images == 0 ? 0 : kernel.WorkspaceLength(images);
            all.Slice(start + Header, length).CopyTo(_sums.AsSpan(_length));
            _images.AddRange(kernel.ImagesOfChunks(images));
            _length += length;
            Images += images;
        }

        _chunkImages = [.. _images];
    }
}
