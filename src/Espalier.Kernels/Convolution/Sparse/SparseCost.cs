namespace Espalier.Kernels;

/// <summary>What a sparse convolution costs.</summary>
internal static class SparseCost
{
    // Cycles of a Zen 5 core.
    private const double ProductOfSingle = 0.75; // loads limit it
    private const double ProductOfBlock = 0.55; // multiply-adds do
    private const double Entry = 0.3; // the loads of a weight and an offset
    private const double Row = 8;
    private const double SumsOfRow = 1.5; // for each vector of each row of each chunk
    private const double Turn = 60; // a square of lanes x lanes numbers from one layout to the other

    /// <summary>The cost for one image, in multiply-adds at full speed.</summary>
    internal static double MultiplyAdds(in ConvolutionProblem problem, SparseGeometry geometry, double kept, int height)
    {
        double taps = problem.KernelHeight * problem.KernelWidth;
        double entries = kept * problem.Output.Channels * problem.Input.Channels * taps / height;
        double rows = (double)problem.Output.PaddedChannels * geometry.Chunks;
        double product = height == 1 ? ProductOfSingle : height * ProductOfBlock;
        double turned = ((double)problem.Input.Blocks * problem.KernelHeight * geometry.Columns) + (problem.Output.Blocks * geometry.Vectors);
        double ofGroup = (entries * ((geometry.Vectors * product) + Entry)) + (rows * (Row + (SumsOfRow * geometry.Vectors))) + (Turn * turned);
        double groups = geometry.Pixels / ((double)geometry.Vectors * geometry.Lanes);
        return groups * ofGroup * 2 * geometry.Lanes;
    }
}
