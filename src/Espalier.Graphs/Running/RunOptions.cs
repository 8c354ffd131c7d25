using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How a runtime prepares a model for inference. What only one runtime knows are options of that runtime.</summary>
public readonly record struct RunOptions
{
    /// <summary>Threads that share one run, the calling one included, at most 1024; 0 for one per processor. Ignored where <see cref="Workers"/> are given.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that several models share; they stay the caller's. <see langword="null"/> for threads of its own.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>Only samples of the shape that the model was built for will be run: a runtime may then let go of what other shapes need.</summary>
    public bool SingleShape { get; init; }

    /// <summary>The network is run as it stands, no layer merged into another: for comparing it with its folded form. A runtime that never folds needs not be told.</summary>
    public bool Unfolded { get; init; }
}
