namespace Espalier.Kernels;

/// <summary>What a sparse convolution costs: how many vectors of pixels it computes at a time, and whether it is chosen at all, go by this.</summary>
/// <remarks>
/// Cycles of a Zen 5 core with 512-bit vectors, fitted by hand to the times of ResNet-50's layers at 40 to 95% zeros for 2 to 8 vectors (within some 15%, both
/// alone and in the network).
/// </remarks>
internal static class SparseCost
{
    private const double Product = 0.6; // one vector of pixels times one weight: limited by loads, of which two a cycle would be 0.5
    private const double BlockProduct = 0.47; // limited by multiply-adds, which is 0.5; a little less, because transposing costs less where neighbouring taps share it
    private const double Single = 0.75; // beside that, for each weight
    private const double Block = 1.6; // for each block of four
    private const double Row = 14; // for each row of each chunk: the end of the loop
    private const double Sums = 1.3; // for each vector of sums of those rows
    private const double Turn = 60; // a square of lanes x lanes numbers from one layout to the other
    private const double Moved = 0.12; // each number that comes from or goes to the map: what it takes longer than the dense kernels do

    /// <summary>The cost for one image, in multiply-adds at full speed.</summary>
    /// <param name="problem">What to compute.</param>
    /// <param name="geometry">How it is cut.</param>
    /// <param name="kept">The share of the weights, or blocks of them, that are multiplied.</param>
    /// <param name="height">Output channels of a block.</param>
    internal static double MultiplyAdds(in ConvolutionProblem problem, SparseGeometry geometry, double kept, int height)
    {
        double taps = problem.Kernel.Area;
        double entries = kept * problem.Output.Channels * problem.Input.Channels * taps / height;
        double rows = (double)problem.Output.PaddedChannels * geometry.Chunks / height;
        double entry = height == 1 ? (geometry.Vectors * Product) + Single : (geometry.Vectors * height * BlockProduct) + Block;
        double squares = ((double)problem.Input.Blocks * problem.Kernel.Height * geometry.Columns) + (problem.Output.Blocks * geometry.Vectors);
        double ofGroup = (entries * entry) + (rows * (Row + (Sums * geometry.Vectors * height))) + (Turn * squares);
        double groups = geometry.Pixels / ((double)geometry.Vectors * geometry.Lanes);
        double cycles = (groups * ofGroup) + (Moved * MapNumbers(problem, taps));
        return cycles * 2 * geometry.Lanes;
    }

    private static double MapNumbers(in ConvolutionProblem problem, double taps)
    {
        double outputs = (double)problem.Output.Height * problem.Output.Width;
        double inputs = Math.Min((double)problem.Input.Height * problem.Input.Width, outputs * taps);
        return (inputs * problem.Input.PaddedChannels) + (outputs * problem.Output.PaddedChannels * (problem.Residual is null ? 1 : 2));
    }
}
