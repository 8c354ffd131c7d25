namespace Espalier.Data;

/// <summary>How a <see cref="DataLoader"/> reads. Batches depend on all but <see cref="Workers"/> and <see cref="Prefetch"/>.</summary>
public readonly record struct DataLoaderOptions()
{
    /// <summary>The defaults.</summary>
    public static DataLoaderOptions Default => new();

    /// <summary>Samples in a batch; the last one may have fewer.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Whether each epoch has an order of its own.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Whether samples that do not fill the last batch are left out of the epoch.</summary>
    public bool DropLast { get; init; }

    /// <summary>What orders and augmentations are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that read ahead; with 0, whoever asks for a batch makes it.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Batches that are made ahead of the one in use.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>What is done about samples that cannot be read.</summary>
    public UnreadableSamples Unreadable { get; init; }
}
