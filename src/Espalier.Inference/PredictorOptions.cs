using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>How a <see cref="Predictor"/> runs.</summary>
public readonly record struct PredictorOptions
{
    /// <summary>Threads that share one prediction, the calling one included; 0 means one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that several predictors share; they stay the caller's, and <see cref="Threads"/> is ignored. <see langword="null"/> for threads of its own.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>The number that <see cref="Threads"/> stands for.</summary>
    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>The vector width, or <see langword="null"/> for the machine's best.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Names of convolution kernels to prefer, separated by commas, or <see langword="null"/> to choose by cost.</summary>
    public string? ConvolutionKernels { get; init; }

    /// <summary>Kernels that were timed on this machine, to be used instead of those of least cost; <see cref="ConvolutionKernels"/> come before them.</summary>
    public TunedKernels? TunedKernels { get; init; }

    /// <summary>How many sample shapes it keeps a plan for, the most recently used ones. 0 means 4.</summary>
    public int Plans { get; init; }

    /// <summary>
    /// Take samples of no other shape than the one the model was built for, and let go of the model, whose unpacked weights only plans for other shapes need.
    /// Worth it for a model that was made in memory; one that was just read from a file takes none.
    /// </summary>
    public bool SingleShape { get; init; }

    /// <summary>Run the network as it stands, norm by norm and branch by branch, without folding it first: to see what folding gains, or that it changes nothing.</summary>
    public bool Unfolded { get; init; }
}
