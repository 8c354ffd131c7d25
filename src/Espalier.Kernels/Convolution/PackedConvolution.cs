namespace Espalier.Kernels;

/// <summary>A convolution with weights packed for one kernel. Safe to share between threads.</summary>
internal abstract class PackedConvolution
{
    private object? _storage;

    /// <summary>The name of its kernel in <see cref="ConvolutionKernel.All"/>.</summary>
    public abstract string KernelName { get; }

    /// <summary>The convolution that it computes.</summary>
    public abstract ConvolutionProblem Problem { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Identifies the memory of the packed weights: the same object for all that share it.</summary>
    public object Storage => _storage ?? this;

    /// <summary>The same packed weights for other image sizes and borders; <see langword="null"/> where they would have to be packed differently.</summary>
    public PackedConvolution? For(in ConvolutionProblem problem)
    {
        ConvolutionProblem own = Problem;
        ConvolutionProblem alike = problem with { Input = own.Input, Output = own.Output, Residual = own.Residual };
        bool sameChannels = (problem.Input.Channels, problem.Input.Lanes) == (own.Input.Channels, own.Input.Lanes)
            && (problem.Output.Channels, problem.Output.Lanes) == (own.Output.Channels, own.Output.Lanes);
        PackedConvolution? resized = alike == own && sameChannels ? Resized(problem) : null;
        if (resized is not null)
        {
            resized._storage = Storage;
        }

        return resized;
    }

    /// <summary>The same packed weights for another geometry, if they do not depend on it.</summary>
    private protected virtual PackedConvolution? Resized(in ConvolutionProblem problem) => null;

    /// <summary>This convolution and the depthwise one that alone reads its result, computed together; <see langword="null"/> where no kernel does that.</summary>
    /// <param name="next">The other convolution, whose input has the layout of this one's output.</param>
    internal virtual DepthwisePair? Before(PackedConvolution next) => null;

    /// <summary>The largest number of parts that a batch can usefully be split into.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Results are bit-identical for any number of parts.</summary>
    public abstract void Run(in ConvolutionOperands operands, int part, int parts);

    /// <summary>Whether <see cref="Repack"/> is supported; not if the layout depends on the values (<c>sparse</c>).</summary>
    public bool CanRepack => Packer is not null;

    /// <summary>The packer of the weights; <see langword="null"/> if the layout depends on their values.</summary>
    internal WeightPacker? Packer { get; init; }

    /// <summary>Updates the packed weights in place, bit-identical to packing them again; parts are independent of each other.</summary>
    /// <param name="weights">Weights in the order of <see cref="ConvolutionKernel.Pack"/>.</param>
    /// <param name="bias">One value for each output channel, or empty for none.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    /// <exception cref="ArgumentException">The number of weights or biases is wrong.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanRepack"/> is <see langword="false"/>.</exception>
    public void Repack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int part, int parts)
    {
        WeightPacker packer = Packer ?? throw new NotSupportedException($"The weights of kernel '{KernelName}' cannot be updated in place: pack them again.");
        ProblemChecks.Require(Problem, Problem.Output.Lanes, weights.Length, bias.Length);
        packer.Pack(weights, bias, part, parts);
    }
}
