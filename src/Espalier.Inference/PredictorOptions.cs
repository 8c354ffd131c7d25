using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Options of a <see cref="Predictor"/>.</summary>
public readonly record struct PredictorOptions
{
    /// <summary>Number of threads, including the calling one, at most 1024; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that several predictors share; they stay the caller's, and <see cref="Threads"/> is ignored. <see langword="null"/> for threads of its own.</summary>
    public WorkerPool? Workers { get; init; }

    /// <summary>The number of threads, with 0 replaced by the number of processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or above 1024.</exception>
    internal int ThreadCount => Tensors.ThreadCount.Of(Threads, $"{nameof(PredictorOptions)}.{nameof(Threads)}");

    /// <summary>The vector instructions to use, or <see langword="null"/> for the widest that the machine supports.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Names of convolution kernels to prefer, separated by commas, or <see langword="null"/> to choose by cost.</summary>
    public string? ConvolutionKernels { get; init; }

    /// <summary>Kernels timed on this machine, used instead of those of least cost; <see cref="ConvolutionKernels"/> take precedence.</summary>
    public TunedKernels? TunedKernels { get; init; }

    /// <summary>Number of sample shapes whose plans are kept, the most recently used ones. 0 for the default of 4.</summary>
    public int Plans { get; init; }

    /// <summary>
    /// Accept only the sample shape that the model was built for, and release the model, whose unpacked weights are needed only for plans of other shapes.
    /// Saves memory for a model created in memory; a model just read from a file occupies none.
    /// </summary>
    public bool SingleShape { get; init; }

    /// <summary>Run the network without folding it first, to measure what folding gains or to check that it does not change results.</summary>
    public bool Unfolded { get; init; }
}
