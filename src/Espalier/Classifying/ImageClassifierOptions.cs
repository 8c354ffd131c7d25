using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of an <see cref="ImageClassifier"/>. Results are the same for any number of threads and any batch size.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>The number of threads that compute one prediction, including the calling thread, at most 1024; 0 for one per processor. Ignored if there are <see cref="Workers"/>.</summary>
    public int Threads { get; init; }

    /// <summary>A thread pool that several classifiers share and that is not disposed; <see langword="null"/> for a new one.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>The batch size when several images are classified; at least 1.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>The convolution kernels that were fastest on this machine (see <see cref="TuningCache"/>); <see langword="null"/> for those with the lowest estimated cost, which do not depend on the machine.</summary>
    public TunedKernels? TunedKernels { get; init; }

    /// <summary>The runtime (see <see cref="Runtimes"/>); <see langword="null"/> for the CPU runtime.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>
    /// The processes that share the images of <c>ClassifyAll</c> and <c>Evaluate</c>, each of which makes the same calls and gets the same results, bit-identical for any number of them; <see langword="null"/> for this one alone.
    /// A classifier with processes is used by one thread at a time. Where one is cancelled, all stop.
    /// </summary>
    public IProcessGroup? Processes { get; init; }

    /// <summary>Prepares a model with these options.</summary>
    /// <exception cref="EspalierException">There are tuned kernels, which are those of one machine, and several processes; or there are tuned kernels, which are for the CPU runtime, but another runtime is given; or the runtime cannot run the model.</exception>
    internal IRunnable Prepare(Model model) => TunedKernels is not null && Processes is { Count: > 1 }
        ? throw new EspalierException($"tuned kernels are those of one machine, and other kernels give other bits: {Processes.Count} processes cannot share images with them")
        : Runtimes.Tuned(Runtime, TunedKernels).Prepare(model, new RunOptions { Threads = ThreadCount, Workers = Workers });

    internal int ThreadCount => Workers?.Threads ?? Tensors.ThreadCount.Of(Threads, $"{nameof(ImageClassifierOptions)}.{nameof(Threads)}");

    internal void Require()
    {
        Tensors.ThreadCount.Require(Threads, $"{nameof(ImageClassifierOptions)}.{nameof(Threads)}");
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(ImageClassifierOptions)}.{nameof(Batch)}");
    }
}
