using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>How an <see cref="ImageClassifier"/> runs. Its answers are the same for any number of threads and any batch.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>Threads that share one prediction, the calling one included, at most 1024; 0 for one for each processor. Ignored where there are <see cref="Workers"/>.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that several classifiers share, and that stay the caller's; <see langword="null"/> for threads of its own.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>Images that go through the network at once where there are many; at least 1.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Kernels that were timed on this machine (<see cref="TuningCache"/> keeps them); <see langword="null"/> for those of least estimated cost, which are the same everywhere.</summary>
    public TunedKernels? TunedKernels { get; init; }

    /// <summary>What runs the network (see <see cref="Runtimes"/>); <see langword="null"/> for the CPU's vector kernels.</summary>
    public IRuntime? Runtime { get; init; }

    /// <summary>The network, ready to run.</summary>
    /// <exception cref="EspalierException">Kernels were timed for another runtime than the one given, or the runtime cannot run the model.</exception>
    internal IRunnable Prepare(Model model) => Runtimes.Tuned(Runtime, TunedKernels).Prepare(model, new RunOptions { Threads = ThreadCount, Workers = Workers });

    internal int ThreadCount => Workers?.Threads ?? Tensors.ThreadCount.Of(Threads, $"{nameof(ImageClassifierOptions)}.{nameof(Threads)}");

    internal void Require()
    {
        Tensors.ThreadCount.Require(Threads, $"{nameof(ImageClassifierOptions)}.{nameof(Threads)}");
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(ImageClassifierOptions)}.{nameof(Batch)}");
    }
}
