namespace Espalier.Kernels;

/// <summary>A convolution and the depthwise convolution that alone reads its result, computed together: the map between them is never in memory as a whole.</summary>
internal abstract class DepthwisePair
{
    /// <summary>The convolution that reads the input.</summary>
    public abstract ConvolutionProblem First { get; }

    /// <summary>The depthwise convolution that writes the output.</summary>
    public abstract ConvolutionProblem Second { get; }

    /// <summary>Floats of scratch memory that each concurrent part needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>. Results are bit-identical for any number of parts, and to those of the two convolutions one after the other.</summary>
    /// <param name="operands">The input of the first, the output of the second, and scratch memory.</param>
    /// <param name="part">Index of the part.</param>
    /// <param name="parts">Number of parts.</param>
    public abstract void Run(in ConvolutionOperands operands, int part, int parts);
}
