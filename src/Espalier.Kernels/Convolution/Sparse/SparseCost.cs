namespace Espalier.Kernels;

/// <summary>Cost model of sparse convolutions: determines how many vectors of pixels are computed together, and whether the kernel is chosen.</summary>
/// <remarks>
/// Cycles of a Zen 5 core with 512-bit vectors, fitted to measured times of ResNet-50's layers at 40 to 95% zeros for 2 to 8 vectors (accurate to about 15%, both
/// alone and in the network).
/// </remarks>
internal static class SparseCost
{
    private const double Product = 0.6; // one vector of pixels times one weight: limited by loads; two per cycle would be 0.5
    private const double BlockProduct = 0.47; // limited by multiply-adds, 0.5 each; a little less, because neighbouring kernel positions share the transposition
    private const double Single = 0.75; // beside that, for each weight
    private const double Block = 1.6; // per block of four
    private const double Row = 14; // per row of each chunk: loop overhead
    private const double Sums = 1.3; // per vector of sums of those rows
    private const double Turn = 60; // per transposition of lanes x lanes floats
    private const double Moved = 0.12; // per float read from or written to the map: the additional cost over dense kernels

    /// <summary>The cost for one image, in multiply-adds at full speed.</summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="geometry">How it is cut.</param>
    /// <param name="kept">The fraction of the weights, or of blocks of them, that are stored and multiplied.</param>
    /// <param name="height">Output channels per block.</param>
    internal static double MultiplyAdds(in ConvolutionProblem problem, SparseGeometry geometry, double kept, int height)
    {
        double positions = problem.Kernel.Area;
        double entries = kept * problem.Output.Channels * problem.Input.Channels * positions / height;
        double rows = (double)problem.Output.PaddedChannels * geometry.Chunks / height;
        double entry = height == 1 ? (geometry.Vectors * Product) + Single : (geometry.Vectors * height * BlockProduct) + Block;
        double squares = ((double)problem.Input.Blocks * problem.Kernel.Height * geometry.Columns) + (problem.Output.Blocks * geometry.Vectors);
        double ofGroup = (entries * entry) + (rows * (Row + (Sums * geometry.Vectors * height))) + (Turn * squares);
        double groups = geometry.Pixels / ((double)geometry.Vectors * geometry.Lanes);
        double cycles = (groups * ofGroup) + (Moved * MapNumbers(problem, positions));
        return cycles * 2 * geometry.Lanes;
    }

    private static double MapNumbers(in ConvolutionProblem problem, double positions)
    {
        double outputs = (double)problem.Output.Height * problem.Output.Width;
        double inputs = Math.Min((double)problem.Input.Height * problem.Input.Width, outputs * positions);
        return (inputs * problem.Input.PaddedChannels) + (outputs * problem.Output.PaddedChannels * (problem.Residual is null ? 1 : 2));
    }
}
