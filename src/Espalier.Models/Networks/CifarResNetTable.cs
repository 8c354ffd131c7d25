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

    /// <summary>A network for ImageNet with the small stem: four stages with widths of 64 to 512, as in the code that most people start from.</summary>
    /// <param name="network">The network for ImageNet.</param>
    public static ResNetOptions FourStages(ResNetOptions network) => network with
    {
        Input = Common.Input,
        Classes = Common.Classes,
        Stem = ResNetStem.Small,
        Names = ResNetNames.Shortcuts,
        Classifier = "linear",
    };

    /// <summary>The Wide ResNet (Zagoruyko 2016, table 1) of <paramref name="depth"/> layers: pre-activation basic blocks, <paramref name="factor"/> times as wide, after a stem of 16 channels. The published ones are 28 and 10, 16 and 8, 40 and 4.</summary>
    /// <param name="depth">The number of layers, 6n + 4: projections replace the first shortcut of every stage and are counted.</param>
    /// <param name="factor">The widening factor.</param>
    /// <exception cref="GraphException">The depth is not 6n + 4.</exception>
    public static ResNetOptions Wide(int depth, int factor)
    {
        if (depth < BasicLayers + OuterLayers + 2 || (depth - OuterLayers - 2) % BasicLayers != 0)
        {
            GraphException.Throw("Wide ResNet", $"expected a depth of {BasicLayers}n + {OuterLayers + 2}, such as 16 or 28, found {depth}");
        }

        return Common with
        {
            Architecture = $"cifar_wrn{depth}_{factor}",
            Block = ResidualBlock.Basic,
            Blocks = Stages(depth - 2, BasicLayers),
            PreActivation = true,
            StemChannels = Common.Width,
            Width = checked(Common.Width * factor),
            Names = ResNetNames.Wide,
        };
    }

    /// <summary>ResNeXt-29 (Xie 2017, §5.4), such as 8x64d: three stages of bottlenecks.</summary>
    /// <param name="groups">Groups of the 3x3 convolutions.</param>
    /// <param name="width">Channels of each group in the first stage.</param>
    public static ResNetOptions Grouped29(int groups, int width) => Common with
    {
        Architecture = $"cifar_resnext29_{groups}x{width}d",
        Blocks = [3, 3, 3],
        Width = ResidualBlockOptions.UsualWidthPerGroup,
        Groups = groups,
        WidthPerGroup = width,
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
