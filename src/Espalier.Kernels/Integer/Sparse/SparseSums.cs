namespace Espalier.Kernels;

/// <summary>The loop over blocks of weights: for each output channel in turn, sums of several vectors of 16 pixels.</summary>
/// <param name="width">Vectors of pixels.</param>
internal abstract unsafe class SparseSums(int width)
{
    /// <summary>Pixels of a vector.</summary>
    internal const int Pixels = 16;

    /// <summary>Bytes of a vector: 16 sums, or four input channels of 16 pixels.</summary>
    internal const int VectorBytes = Pixels * sizeof(int);

    /// <summary>Vectors of pixels.</summary>
    internal int Width { get; } = width;

    /// <summary>Computes the sums of some output channels over one chunk. The pointers of the arguments are moved on.</summary>
    /// <param name="arguments">Operands.</param>
    /// <param name="isFirst">Whether the sums start with the bias rather than with those of the chunk before.</param>
    internal abstract void Run(SparseSumArguments* arguments, bool isFirst);

    /// <summary>The loop for a tier; plain code where it has none of its own.</summary>
    internal static SparseSums For(int width, IntegerTier tier) => (SparseSums?)(tier == IntegerTier.Avx512Vnni ? EmittedSparseSums.For(width) : null) ?? new PortableSparseSums(width);
}
