using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The residual networks for CIFAR (He 2015, §4.2; He 2016): three stages with feature maps of 32, 16 and 8 pixels and widths of 16, 32 and 64.</summary>
internal static class CifarResNetTable
{
    /// <summary>The largest supported depth. The deepest published network has 1202 layers.</summary>
    public const int DeepestDepth = 10_000;

    private const int BasicLayers = 6; // 3 stages x 2 convolutions
    private const int BottleneckLayers = 9; // 3 stages x 3 convolutions
    private const int OuterLayers = 2; // the first convolution and the classifier

    private static readonly ResNetOptions Common = new() { Width = 16, Input = new(3, 32, 32), Classes = 10, Stem = ResNetStem.Small };

    /// <summary>ResNet-<paramref name="depth"/> of basic blocks. The published depths are 20, 32, 44, 56, 110 and 1202.</summary>
    /// <param name="depth">The number of layers, 6n + 2.</param>
    /// <param name="shortcut">
    /// Option A, with the classifier named <c>linear</c>, or option B, with <c>fc</c>, as in published checkpoints.
    /// </param>
    /// <exception cref="GraphException">The depth is not 6n + 2.</exception>
    public static ResNetOptions Basic(int depth, Shortcut shortcut = Shortcut.PaddedIdentity) => Common with
    {
        Architecture = $"cifar_resnet{depth}",
        Block = ResidualBlock.Basic,
        Blocks = Stages(depth, BasicLayers),
        Shortcut = shortcut,
        Classifier = shortcut == Shortcut.Projection ? "fc" : "linear",
    };

    /// <summary>The pre-activation ResNet-<paramref name="depth"/> of basic blocks. The published depth is 110.</summary>
    /// <param name="depth">The number of layers, 6n + 2.</param>
    /// <exception cref="GraphException">The depth is not 6n + 2.</exception>
    public static ResNetOptions PreActivationBasic(int depth) =>
        Basic(depth, Shortcut.Projection) with { Architecture = $"cifar_preact_resnet{depth}", PreActivation = true };

    /// <summary>The pre-activation ResNet-<paramref name="depth"/> of bottlenecks. The published depths are 164 and 1001. The stride is in the first 1x1, as in the authors' code.</summary>
    /// <param name="depth">The number of layers, 9n + 2.</param>
    /// <exception cref="GraphException">The depth is not 9n + 2.</exception>
    public static ResNetOptions PreActivationBottleneck(int depth) => Common with
    {
        Architecture = $"cifar_preact_resnet{depth}",
        Blocks = Stages(depth, BottleneckLayers),
        PreActivation = true,
        StrideIn = StridePlacement.In1x1,
    };

    private static ValueList<int> Stages(int depth, int layers)
    {
        int blocks = (depth - OuterLayers) / layers;
        if (blocks < 1 || depth > DeepestDepth || (layers * blocks) + OuterLayers != depth)
        {
            GraphException.Throw("CIFAR ResNet", $"expected a depth of {layers}n + {OuterLayers} up to {DeepestDepth} ({Nearest(depth, layers)}), found {depth}");
        }

        return [blocks, blocks, blocks];
    }

    private static string Nearest(int depth, int layers)
    {
        int below = Math.Max(1, (Math.Min(depth, DeepestDepth - layers) - OuterLayers) / layers);
        return $"the nearest are {(layers * below) + OuterLayers} and {(layers * (below + 1)) + OuterLayers}";
    }
}
