using Espalier.Kernels;

namespace Espalier.Bench.Layers;

/// <summary>The multiply-adds of convolutions and their gradients.</summary>
internal static class ProductCount
{
    /// <summary>Those of one image that cannot be avoided with a kernel: Winograd's products are fewer than the layer's, and include what its tiles reach over the edge.</summary>
    /// <param name="problem">The forward convolution.</param>
    /// <param name="kernel">The name of the kernel.</param>
    /// <param name="tiled">The map that Winograd's algorithm cuts into tiles.</param>
    internal static double Of(in ConvolutionProblem problem, string kernel, BlockedLayout tiled)
    {
        if (kernel is not ("winograd4" or "winograd2"))
        {
            return problem.MultiplyAccumulates;
        }

        int side = kernel == "winograd4" ? 4 : 2;
        double tiles = Math.Ceiling(tiled.Height / (double)side) * Math.Ceiling(tiled.Width / (double)side);
        return (side + 2) * (side + 2) * tiles * problem.GroupInputChannels * problem.Output.Channels;
    }
}
