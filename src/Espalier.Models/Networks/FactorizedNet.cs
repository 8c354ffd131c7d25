using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>
/// A small example network for CIFAR with factorized convolutions: stacks of 3x3 instead of 7x7, 1x7 and 7x1, grouped,
/// depthwise and pointwise.
/// </summary>
internal static class FactorizedNet
{
    /// <summary>Builds the network.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="input">Channels and size of the input image; 3x32x32 by default.</param>
    /// <exception cref="GraphException">The input is too small.</exception>
    public static NetworkDefinition Create(int classes = 10, FeatureMap? input = null)
    {
        Value x = new GraphBuilder().Input(input ?? new FeatureMap(3, 32, 32))
            .In("stack", x => x.Stack3x3(32, 3)).MaxPool("pool1", 2)
            .In("factorised", x => x.Factorized(64, 7)).MaxPool("pool2", 2)
            .In("grouped", x => x.Grouped3x3(128, groups: 4))
            .In("separable", x => x.DepthwiseSeparable(256))
            .GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", classes);
        return new NetworkDefinition(x.Builder.Build(x), new ModelMetadata { Architecture = "cifar_factorised" });
    }
}
