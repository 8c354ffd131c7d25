using System.Globalization;
using System.Text.RegularExpressions;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>MobileNet, ShuffleNet, DenseNet, and the example with factorized convolutions.</summary>
internal static partial class ZooEfficientNetworks
{
    private static readonly string[] MobileNets = ["mobilenet_v1", "mobilenet_v1_x0_75", "mobilenet_v1_x0_5", "mobilenet_v1_x0_25", "mobilenet_v2", "mobilenet_v2_x1_4"];

    internal static IEnumerable<ZooEntry> Entries =>
    [
        .. MobileNets.Select(name => Parse(name)!),
        ShuffleNet(ShuffleNetV2.Half),
        ShuffleNet(ShuffleNetV2.Single),
        ShuffleNet(ShuffleNetV2.OneAndAHalf),
        ShuffleNet(ShuffleNetV2.Double),
        Dense(DenseNet.DenseNet121),
        Dense(DenseNet.DenseNet169),
        Dense(DenseNet.DenseNet201),
        Dense(DenseNet.DenseNet161),
        Entry("cifar_factorised", "Example", "3x3 stack, 1x7 + 7x1, grouped and separable convolution in one small network", (classes, input) => FactorizedNet.Create(classes, input), ZooDataSet.Cifar10),
    ];

    /// <summary>The network with a name such as <c>mobilenet_v1_x0_25</c>, or <see langword="null"/> for other names.</summary>
    internal static ZooEntry? Parse(string name)
    {
        Match match = Pattern().Match(name);
        if (!match.Success)
        {
            return null;
        }

        string digits = match.Groups["width"].Success ? match.Groups["width"].Value.Replace('_', '.') : "1";
        double width = double.Parse(digits, CultureInfo.InvariantCulture);
        return match.Groups["version"].ValueSpan is "1"
            ? Entry(name, "MobileNet", $"13 depthwise-separable convolutions, width {digits}", (classes, input) => MobileNetV1.Create(new() { Width = width, Classes = classes, Input = input }))
            : Entry(name, "MobileNet", $"17 inverted residuals, width {digits}", (classes, input) => MobileNetV2.Create(new() { Width = width, Classes = classes, Input = input }));
    }

    private static ZooEntry ShuffleNet(ShuffleNetV2Options network) =>
        Entry(network.Architecture, "ShuffleNet", $"16 shuffle units, stages of {string.Join('-', network.Channels)} channels", (classes, input) => ShuffleNetV2.Create(network with { Classes = classes, Input = input }));

    private static ZooEntry Dense(DenseNetOptions network) =>
        Entry(network.Architecture, "DenseNet", $"{string.Join('-', network.Layers)} dense layers that add {network.Growth} channels each", (classes, input) => DenseNet.Create(network with { Classes = classes, Input = input }));

    private static ZooEntry Entry(string name, string family, string description, Func<int, FeatureMap, NetworkDefinition> write, ZooDataSet? dataSet = null) =>
        new(name, family, description, dataSet ?? ZooDataSet.ImageNet, write);

    [GeneratedRegex(@"\Amobilenet_v(?<version>1|2)(_x(?<width>[0-9]{1,2}_[0-9]{1,4}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
