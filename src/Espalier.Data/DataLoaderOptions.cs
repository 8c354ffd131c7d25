namespace Espalier.Data;

/// <summary>Options of a <see cref="DataLoader"/>. The batches depend on all of them but <see cref="Workers"/> and <see cref="Prefetch"/>.</summary>
public readonly record struct DataLoaderOptions()
{
    /// <summary>The default options: batches of 128, not shuffled, one thread.</summary>
    public static DataLoaderOptions Default => new();

    /// <summary>Samples per batch; the last batch of an epoch may have fewer.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Whether the order of samples is random, and different in each epoch.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Whether a last batch with fewer samples is left out of the epoch.</summary>
    public bool DropLast { get; init; }

    /// <summary>Random seed of the order and of augmentation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which part of each batch is read; the others are neither decoded nor returned. <see cref="BatchSize"/> is that of whole batches.</summary>
    public BatchShare Share { get; init; } = BatchShare.Whole;

    /// <summary>Number of background threads, at most 1024; with 0 the calling thread prepares each batch when it is requested.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Number of batches prepared ahead of the one in use.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>How samples that cannot be read are handled.</summary>
    public UnreadableSamples Unreadable { get; init; }
}
