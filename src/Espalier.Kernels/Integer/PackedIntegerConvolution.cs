namespace Espalier.Kernels;

/// <summary>A convolution of 8-bit numbers with weights packed for one kernel: the dense one, or one that multiplies only those blocks of weights that are not zero. Safe to share between threads.</summary>
/// <remarks>All give the bits of <see cref="Reference.IntegerConv2d"/> and <see cref="Requantization"/>, for every tier, split into parts and batch.</remarks>
internal abstract class PackedIntegerConvolution
{
    /// <summary>The convolution that it computes.</summary>
    internal abstract ConvolutionProblem Problem { get; }

    /// <summary>What it is and the instructions that it uses, such as "8-bit 3x3 avx512vnni".</summary>
    internal abstract string KernelName { get; }

    /// <summary>Bytes of the packed weights with biases and multipliers.</summary>
    internal abstract long PackedBytes { get; }

    /// <summary>Identifies the packed weights: the same for all image sizes.</summary>
    internal abstract object Storage { get; }

    /// <summary>Elements of scratch memory that each concurrent part needs.</summary>
    internal virtual int ScratchLength => 0;

    /// <summary>Packs the weights for the kernel that takes less time, which depends on how many blocks of weights are zero.</summary>
    /// <param name="problem">The convolution; layouts count bytes. Its activation is not used: a clamp is part of the requantization.</param>
    /// <param name="weights">Weights, biases and multipliers.</param>
    /// <param name="tier">The instructions to use, or <see langword="null"/> for <see cref="IntegerTier.Best"/>.</param>
    /// <exception cref="ArgumentException">Layouts, weights, biases and multipliers do not match each other, or a sum may not fit into int32.</exception>
    internal static PackedIntegerConvolution PackFastest(in ConvolutionProblem problem, IntegerWeights weights, IntegerTier? tier = null)
    {
        tier ??= IntegerTier.Best;
        return SparseIntegerCost.IsLess(problem, weights, tier) ? SparseIntegerConvolution.Pack(problem, weights, tier) : IntegerConvolution.Pack(problem, weights, tier);
    }

    /// <summary>The same packed weights for other image sizes and borders.</summary>
    /// <exception cref="ArgumentException">More than those differ.</exception>
    internal abstract PackedIntegerConvolution For(in ConvolutionProblem problem);

    /// <summary>The largest number of parts that a batch can usefully be split into.</summary>
    internal abstract int MaximumParts(int batch);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>, and fills that part of the output's border with the zero point. (A map of sums keeps its border.)</summary>
    /// <exception cref="ArgumentException">A span is too short, or there is an output of the wrong kind.</exception>
    internal abstract void Run(in IntegerOperands operands, int part, int parts);
}
