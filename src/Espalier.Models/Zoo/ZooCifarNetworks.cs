using System.Globalization;
using System.Text.RegularExpressions;

namespace Espalier.Models;

/// <summary>The networks for CIFAR; the names of residual ones contain their depth.</summary>
internal static partial class ZooCifarNetworks
{
    private const int FirstOfBottlenecks = 164; // the shallowest bottleneck network of He 2016 (table 4)

    internal static IEnumerable<ZooEntry> Entries =>
    [
        .. Named("cifar_resnet", "", 20, 32, 44, 56, 110, 1202),
        .. Named("cifar_resnet", "_b", 20, 32, 44, 56, 110),
        .. Named("cifar_preact_resnet", "", 110, 164, 1001),
        .. Named("cifar_plain", "", 20, 32, 44, 56, 110, 1202),
        .. Named("cifar_preact_plain", "", 110, 164, 1001),
        .. Published,
    ];

    /// <summary>The networks with names of their own. <c>cifar_resnet50</c> is the one of 6n + 2 layers; that of four stages says that it has bottlenecks.</summary>
    private static IEnumerable<ZooEntry> Published =>
    [
        FourStages("cifar_resnet18", ResNetTable.ResNet18),
        FourStages("cifar_resnet34", ResNetTable.ResNet34),
        FourStages("cifar_resnet50_bottleneck", ResNetTable.ResNet50),
        FourStages("cifar_resnet101_bottleneck", ResNetTable.ResNet101),
        FourStages("cifar_resnet152_bottleneck", ResNetTable.ResNet152),
        Wide("cifar_wrn16_8", 16, 8),
        Wide("cifar_wrn28_10", 28, 10),
        Wide("cifar_wrn40_4", 40, 4),
        ZooResNets.Entry("CIFAR ResNeXt", CifarResNetTable.Grouped29(8, 64), ZooDataSet.Cifar10WithItsStatistics),
        ZooResNets.Entry("CIFAR ResNeXt", CifarResNetTable.Grouped29(16, 64), ZooDataSet.Cifar10WithItsStatistics),
        new("cifar_densenet100_12", "CIFAR DenseNet", "3 blocks of 16 dense layers that add 12 channels each", ZooDataSet.Cifar10WithItsStatistics, CifarNetworks.DenseNet),
        new("cifar_vgg16", "CIFAR VGG", "13 3x3 convolutions with batch norm, one linear layer", ZooDataSet.Cifar10WithOwnStatistics, CifarNetworks.Vgg16),
    ];

    /// <summary>The network with a name such as <c>cifar_resnet56_b</c>, or <see langword="null"/> for other names.</summary>
    /// <exception cref="Espalier.Graphs.GraphException">The name contains an invalid depth.</exception>
    internal static ZooEntry? Parse(string name)
    {
        Match match = Pattern().Match(name);
        if (!match.Success || Published.Any(known => known.Name == name))
        {
            return null;
        }

        int depth = int.Parse(match.Groups["depth"].ValueSpan, CultureInfo.InvariantCulture);
        bool plain = match.Groups["kind"].ValueSpan is "plain";
        string variant = match.Groups["variant"].Value;
        return (match.Groups["preact"].Success, variant) switch
        {
            (true, not "_b") => PreActivation(name, depth, plain, bottleneck: variant.Length == 0 ? depth >= FirstOfBottlenecks : variant == "_bottleneck"),
            (false, "") => Entry(name, CifarResNetTable.Basic(depth), plain, ZooDataSet.Cifar10),
            (false, "_b") when !plain => Entry(name, CifarResNetTable.Basic(depth, Shortcut.Projection), plain, ZooDataSet.Cifar10WithOwnStatistics),
            _ => null,
        };
    }

    private static ZooEntry FourStages(string name, ResNetOptions network) =>
        ZooResNets.Entry("CIFAR ResNet of four stages", CifarResNetTable.FourStages(network) with { Architecture = name }, ZooDataSet.Cifar10WithOwnStatistics);

    private static ZooEntry Wide(string name, int depth, int factor) =>
        ZooResNets.Entry("CIFAR Wide ResNet", CifarResNetTable.Wide(depth, factor) with { Architecture = name }, ZooDataSet.Cifar10WithItsStatistics);

    private static IEnumerable<ZooEntry> Named(string start, string end, params int[] depths) => depths.Select(depth => Parse($"{start}{depth}{end}")!);

    private static ZooEntry PreActivation(string name, int depth, bool plain, bool bottleneck) =>
        Entry(name, bottleneck ? CifarResNetTable.PreActivationBottleneck(depth) : CifarResNetTable.PreActivationBasic(depth), plain, ZooDataSet.Cifar10);

    private static ZooEntry Entry(string name, ResNetOptions network, bool plain, ZooDataSet dataSet) => plain
        ? ZooPlainNetworks.Entry(name, network, dataSet)
        : ZooResNets.Entry(network.PreActivation ? "CIFAR pre-activation ResNet" : "CIFAR ResNet", network with { Architecture = name }, dataSet);

    [GeneratedRegex(@"\Acifar_(?<preact>preact_)?(?<kind>resnet|plain)(?<depth>[1-9][0-9]{0,8})(?<variant>|_b|_basic|_bottleneck)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
