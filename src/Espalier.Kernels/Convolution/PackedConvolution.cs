namespace Espalier.Kernels;

/// <summary>A convolution whose weights one kernel has laid out as it likes them: ready to run, and safe to share between threads.</summary>
public abstract class PackedConvolution
{
    private object? _storage;

    /// <summary>The kernel that made it, by the name in <see cref="ConvolutionKernel.All"/>.</summary>
    public abstract string KernelName { get; }

    /// <summary>What it computes.</summary>
    public abstract ConvolutionProblem Problem { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Stands for the memory of the packed weights: the same object for all that share it.</summary>
    public object Storage => _storage ?? this;

    /// <summary>The same packed weights for maps of other sizes and borders; <see langword="null"/> where they were not packed for that.</summary>
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

    /// <summary>The same weights for maps of another geometry, where they don't depend on it.</summary>
    private protected virtual PackedConvolution? Resized(in ConvolutionProblem problem) => null;

    /// <summary>Into how many parts a batch may usefully be split.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Every split gives the same bits.</summary>
    public abstract void Run(in ConvolutionOperands operands, int part, int parts);

    /// <summary>Whether <see cref="Repack"/> works: not where the layout depends on the numbers (<c>sparse</c>).</summary>
    public bool CanRepack => Packer is not null;

    /// <summary>What laid out the weights; <see langword="null"/> where that depended on them.</summary>
    internal WeightPacker? Packer { get; init; }

    /// <summary>Refreshes the packed weights in place, to the same bits that packing anew would give; parts are independent of each other.</summary>
    /// <param name="weights">As they were given to <see cref="ConvolutionKernel.Pack"/>.</param>
    /// <param name="bias">One number for each output channel, or empty for none.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    /// <exception cref="ArgumentException">The lengths don't fit.</exception>
    /// <exception cref="NotSupportedException">It cannot: see <see cref="CanRepack"/>.</exception>
    public void Repack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int part, int parts)
    {
        WeightPacker packer = Packer ?? throw new NotSupportedException($"The weights of kernel '{KernelName}' cannot be refreshed in place: pack them anew.");
        ProblemChecks.Require(Problem, Problem.Output.Lanes, weights.Length, bias.Length);
        packer.Pack(weights, bias, part, parts);
    }
}
