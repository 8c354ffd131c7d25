namespace Espalier.Kernels;

/// <summary>A convolution whose weights one kernel has laid out as it likes them: ready to run, and safe to share between threads.</summary>
public abstract class PackedConvolution
{
    /// <summary>The kernel that made it, by the name in <see cref="ConvolutionKernel.All"/>.</summary>
    public abstract string KernelName { get; }

    /// <summary>What it computes.</summary>
    public abstract ConvolutionProblem Problem { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long PackedBytes { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Into how many parts a batch may usefully be split.</summary>
    public abstract int MaximumParts(int batch);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Every split gives the same bits.</summary>
    public abstract void Run(in ConvolutionOperands operands, int part, int parts);
}
