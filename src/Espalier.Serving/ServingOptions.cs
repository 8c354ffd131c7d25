namespace Espalier.Serving;

/// <summary>What a server serves and within which limits. Answers do not depend on any of it: they are those of <see cref="ImageClassifier"/>, bit for bit.</summary>
public sealed record ServingOptions
{
    private const int MostBatch = 4096;

    /// <summary>Model files (<c>flowers.espalier</c>, <c>flowers.onnx</c>) or folders of finished trainings. Each is served under its name without the extension, as version 1.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>A folder of models: <c>NAME/VERSION/*.espalier</c>, one file in each version's folder and versions that are whole numbers, or <c>NAME.espalier</c>, which is version 1. <see langword="null"/> for none.</summary>
    public string? Folder { get; init; }

    /// <summary>The number of threads that compute one batch, at most 1024; 0 for one per processor. All models share them.</summary>
    public int Threads { get; init; }

    /// <summary>The number of photos that are decoded and resized at the same time, while networks run; 0 for the processors that <see cref="Threads"/> leaves, at least one.</summary>
    public int DecodeThreads { get; init; }

    /// <summary>The most samples that are computed together, and the most that one request may have; from 1 to 4096.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>
    /// How long the first of a batch waits for others when fewer than <see cref="MaxBatch"/> are there, at most a minute. Zero, the default, never waits: what arrives while a batch is computed is the next batch, so batches grow by
    /// themselves with the load. A wait gains where single samples use few of many processors.
    /// </summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>The most samples of one model that are accepted and not yet computed. A request beyond that is answered at once with 429 and <c>Retry-After</c>.</summary>
    public int Queue { get; init; } = 256;

    /// <summary>The most bytes of a request's body: 64 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>The most pixels of a photo: 50 million.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>The token that every request but the health probes must send as <c>Authorization: Bearer …</c>; <see langword="null"/> for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether there are the page at <c>/</c> and what it shows: <c>/v1/models</c>, <c>/v1/explain</c> and <c>/v1/report</c>. An endpoint for <c>/</c> of the service's own is preferred.</summary>
    public bool Page { get; init; } = true;

    /// <summary>How often the files of the models are looked at for changes, at most a day; zero for never.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The runtime (see <see cref="Runtimes"/>); <see langword="null"/> for the CPU runtime.</summary>
    public IRuntime? Runtime { get; init; }

    internal int ThreadCount => Tensors.ThreadCount.Of(Threads, $"{nameof(ServingOptions)}.{nameof(Threads)}");

    internal int DecodeCount => DecodeThreads > 0 ? DecodeThreads : Math.Max(1, Environment.ProcessorCount - ThreadCount);

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal void Require()
    {
        Tensors.ThreadCount.Require(Threads, $"{nameof(ServingOptions)}.{nameof(Threads)}");
        Tensors.ThreadCount.Require(DecodeThreads, $"{nameof(ServingOptions)}.{nameof(DecodeThreads)}");
        OptionCheck.Require(MaxBatch is >= 1 and <= MostBatch, MaxBatch, $"1 to {MostBatch}", $"{nameof(ServingOptions)}.{nameof(MaxBatch)}");
        OptionCheck.Require(MaxWait >= TimeSpan.Zero && MaxWait <= TimeSpan.FromMinutes(1), MaxWait, "zero to a minute", $"{nameof(ServingOptions)}.{nameof(MaxWait)}");
        OptionCheck.Require(Queue >= MaxBatch, Queue, $"at least {nameof(MaxBatch)} ({MaxBatch})", $"{nameof(ServingOptions)}.{nameof(Queue)}");
        OptionCheck.Require(MaxBodyBytes is >= 1 and <= int.MaxValue, MaxBodyBytes, $"1 to {int.MaxValue}", $"{nameof(ServingOptions)}.{nameof(MaxBodyBytes)}");
        OptionCheck.AtLeast<long>(MaxPixels, 1, $"{nameof(ServingOptions)}.{nameof(MaxPixels)}");
        OptionCheck.Require(ReloadInterval >= TimeSpan.Zero && ReloadInterval <= TimeSpan.FromDays(1), ReloadInterval, "zero to a day", $"{nameof(ServingOptions)}.{nameof(ReloadInterval)}");
        if (Token is { } token && (token.Length == 0 || token.Any(letter => letter is <= ' ' or > '~')))
        {
            throw new ArgumentException($"{nameof(ServingOptions)}.{nameof(Token)} is empty or has characters other than visible ASCII.", "options");
        }
    }
}
