using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>Common parts of RepVGG and MobileOne.</summary>
internal static class BranchedNetworks
{
    /// <summary>PyTorch's default initialization, which both authors' repositories use.</summary>
    internal static Initialization Initialization { get; } = new() { Convolution = WeightInitialization.UniformFanIn, ConvolutionBias = BiasInitialization.UniformFanIn };

    /// <summary>The convolution that a block folds into, with the authors' name.</summary>
    internal static Value Deployed(this Value x, string name, MultiBranchOptions options) =>
        x.Conv2d(name, options.Channels, options.Kernel, options.Stride, options.Border, options.Dilation, options.Groups, bias: true);
}
