using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>Whether the blocks that are zero make the sparse kernel faster than the dense one.</summary>
/// <remarks>Cycles of a Zen 4 core with AVX-512 VNNI, fitted to measured times of ResNet-50's layers.</remarks>
internal static class SparseIntegerCost
{
    private const double Product = 1.36; // a vector of pixels times a block of weights: the load of the pixels limits it
    private const double Sums = 3; // a vector of sums, from one chunk to the next
    private const double Row = 8; // an output channel of a tile and chunk
    private const double Gathered = 5; // a vector of four channels
    private const double Finished = 6; // a vector of outputs
    private const double Added = 2; // a vector of residuals
    private const double DenseProducts = 60; // multiply-adds in a cycle

    /// <summary>Whether the sparse kernel takes less time; <see langword="false"/> where it cannot be used, or has no code of its own.</summary>
    internal static bool IsLess(in ConvolutionProblem problem, IntegerWeights weights, IntegerTier tier) =>
        tier == IntegerTier.Avx512Vnni && Vector512.IsHardwareAccelerated && SparseIntegerConvolution.Supports(problem, weights)
        && weights.Weights.Length == (long)problem.Output.Channels * problem.Input.Channels * problem.Kernel.Area
        && Sparse(problem, (weights.Weights.Length - weights.Weights.Count((sbyte)0)) / SparseIntegerWeights.BlockChannels) < Dense(problem) // at least so many blocks, found faster
        && Sparse(problem, SparseIntegerWeights.CountBlocks(weights.Weights, problem.Output.Channels, problem.Input.Channels, problem.Kernel.Area)) < Dense(problem);

    private static double Dense(in ConvolutionProblem problem) =>
        (double)problem.Output.Height * problem.Output.Width * problem.Output.PaddedChannels * problem.Input.PaddedChannels * problem.Kernel.Area / DenseProducts;

    private static double Sparse(in ConvolutionProblem problem, int blocks)
    {
        int positions = problem.Input.Blocks * problem.Kernel.Area;
        (int chunks, int width) = SparseIntegerWeights.Division(positions);
        double vectors = Math.Ceiling(problem.Output.Height * problem.Output.Width / (double)SparseSums.Pixels);
        double rows = chunks * (double)problem.Output.PaddedChannels;
        double ofVector = (blocks * Product) + (rows * Sums) + (positions * SparseIntegerWeights.BlocksOfPosition * Gathered) + (problem.Output.PaddedChannels * (problem.Residual is null ? Finished : Finished + Added));
        return (vectors * ofVector) + (Math.Ceiling(vectors / width) * rows * Row);
    }
}
