using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>How each batch of a training run is cut into parts that are computed by themselves, and the processes that compute them (synchronous data parallelism).</summary>
/// <remarks>
/// The gradient of a batch is the sum of those of its parts, added in a fixed order. The result depends on the number of parts and not on that of the processes: a training run in 8 parts has the same bits in 1, 2, 4 and 8 processes, for
/// any number of threads, on machines with the same vector instructions. Random draws, augmentation and the order of the images are functions of an image's place in the whole batch.
/// </remarks>
public sealed record DataParallel
{
    /// <summary>The processes; <see langword="null"/> for this one alone.</summary>
    public IProcessGroup? Processes { get; init; }

    /// <summary>
    /// The number of parts of each batch, or 0 for one for each process. All processes compute as many parts: the number of parts is a multiple of that of processes, and with several processes the parts of each one are a power of 2.
    /// </summary>
    public int Parts { get; init; }

    /// <summary>
    /// Whether batch norms use the statistics of the whole batch. Otherwise each part is normalized by itself, which costs nothing, and the running statistics are those of the first part, as with PyTorch's DistributedDataParallel.
    /// </summary>
    public bool SynchronizeNorms { get; init; }

    /// <summary>The part of each batch that this process reads: for <see cref="DataLoaderOptions.Share"/>.</summary>
    public BatchShare Share => new(AllParts, Rank * OwnParts, OwnParts);

    internal int AllParts => Parts == 0 ? ProcessCount : Parts;

    internal int OwnParts => AllParts / ProcessCount;

    internal int Rank => Processes?.Rank ?? 0;

    internal int ProcessCount => Processes?.Count ?? 1;

    /// <summary>The processes where there are several.</summary>
    internal IProcessGroup? Others => ProcessCount > 1 ? Processes : null;

    /// <exception cref="EspalierException">The parts cannot be spread over the processes.</exception>
    internal void Require()
    {
        OptionCheck.AtLeast<int>(Parts, 0, $"{nameof(DataParallel)}.{nameof(Parts)}");
        bool fits = AllParts % ProcessCount == 0 && (ProcessCount == 1 || int.IsPow2(OwnParts));
        if (!fits)
        {
            throw new EspalierException(
                $"batches of {AllParts} parts cannot be spread over {ProcessCount} processes: each process must have 1, 2, 4 or another power of 2 of them, such as {ProcessCount} or {2 * ProcessCount} parts");
        }
    }
}
