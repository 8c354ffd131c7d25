using System.Globalization;
using System.Text.RegularExpressions;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Networks that were found by architecture search or in design spaces: MNASNet, MobileNet v3, EfficientNet, RegNet; and ConvNeXt.</summary>
internal static partial class ZooSearchedNetworks
{
    private static readonly string[] s_mobile = ["mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "mobilenet_v3_small", "mobilenet_v3_large"];

    // Sides of the resized image where they are not those of the crop, by crop: the evaluation of torchvision's weights.
    private static readonly Dictionary<int, int> s_resize = new() { [224] = 256, [240] = 256, [300] = 320, [380] = 384 };

    internal static IEnumerable<ZooEntry> Entries =>
    [
        .. s_mobile.Select(name => Parse(name)!),
        .. EfficientNetTable.Version1.Select(network => Entry(network, Version1(network.Input.Height))),
        .. EfficientNetTable.Version2.Select(network => Entry(network, Version2(network))),
        .. RegNetTable.X.Select(Entry),
        .. RegNetTable.Y.Select(Entry),
        Entry(ConvNeXt.Tiny), Entry(ConvNeXt.Small), Entry(ConvNeXt.Base), Entry(ConvNeXt.Large),
    ];

    /// <summary>The network with a name such as <c>mnasnet0_35</c>, <c>mnasnet0_5_v1</c> (torchvision's version 1) or <c>mobilenet_v3_large_x0_75</c>, or <see langword="null"/> for other names.</summary>
    internal static ZooEntry? Parse(string name)
    {
        if (MnasNetName().Match(name) is { Success: true } mnasnet)
        {
            return MnasNetEntry(name, mnasnet.Groups["width"].Value.Replace('_', '.'), mnasnet.Groups["first"].Success);
        }

        Match match = MobileNetName().Match(name);
        return match.Success
            ? MobileNetEntry(name, match.Groups["size"].ValueSpan is "large" ? MobileNetV3.Large : MobileNetV3.Small, match.Groups["width"].Success ? match.Groups["width"].Value.Replace('_', '.') : "1")
            : null;
    }

    private static ZooEntry MnasNetEntry(string name, string width, bool unscaledStem) => new(
        name,
        "MNASNet",
        $"16 inverted residuals, width {width}{(unscaledStem ? ", but for the stem" : "")}",
        ZooDataSet.ImageNet,
        (classes, input) => MnasNet.Create(new() { Architecture = name, Width = Number(width), UnscaledStem = unscaledStem, Classes = classes, Input = input }));

    private static ZooEntry MobileNetEntry(string name, MobileNetV3Options network, string width) => new(
        name,
        "MobileNet",
        $"{network.Rows.Count} inverted residuals with squeeze and excitation, width {width}",
        ZooDataSet.ImageNet,
        (classes, input) => MobileNetV3.Create(network with { Architecture = name, Width = Number(width), Classes = classes, Input = input }));

    private static ZooEntry Entry(EfficientNetOptions network, ZooDataSet dataSet) => new(
        network.Architecture,
        "EfficientNet",
        FormattableString.Invariant($"{network.Stages.Count} stages of {(network.Stages[0].Fused ? "fused and separate " : "")}inverted residuals, input {network.Input.Height}{(network.Width == 1 ? "" : $", width {network.Width}")}{(network.Depth == 1 ? "" : $", depth {network.Depth}")}"),
        dataSet,
        (classes, input) => EfficientNet.Create(network with { Classes = classes, Input = input }));

    private static ZooDataSet Version1(int crop) => ZooDataSet.ImageNetAt(crop, s_resize.GetValueOrDefault(crop, crop), Interpolation.Bicubic, Normalization.ImageNet);

    private static ZooDataSet Version2(EfficientNetOptions network) => network.Architecture == "efficientnet_v2_l"
        ? ZooDataSet.ImageNetAt(network.Input.Height, network.Input.Height, Interpolation.Bicubic, Normalization.Centred)
        : ZooDataSet.ImageNetAt(network.Input.Height, network.Input.Height, Interpolation.Bilinear, Normalization.ImageNet);

    private static ZooEntry Entry(RegNetOptions network) => new(
        network.Architecture,
        "RegNet",
        $"{network.Depth} bottlenecks in groups of {network.GroupWidth} channels{(network.SqueezeExcitation == 0 ? "" : ", squeeze and excitation")}",
        ZooDataSet.ImageNet,
        (classes, input) => RegNet.Create(network with { Classes = classes, Input = input }));

    private static ZooEntry Entry(ConvNeXtOptions network) => new(
        network.Architecture,
        "ConvNeXt",
        $"{string.Join('-', network.Blocks)} blocks of depthwise 7x7 and two 1x1 convolutions, {string.Join('-', network.Channels)} channels",
        ZooDataSet.ImageNet,
        (classes, input) => ConvNeXt.Create(network with { Classes = classes, Input = input }));

    private static double Number(string width) => double.Parse(width, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Amnasnet(?<width>[0-9]{1,2}_[0-9]{1,4})(?<first>_v1)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MnasNetName();

    [GeneratedRegex(@"\Amobilenet_v3_(?<size>large|small)(_x(?<width>[0-9]{1,2}_[0-9]{1,4}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MobileNetName();
}
