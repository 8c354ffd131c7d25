namespace Espalier.Models;

/// <summary>The residual networks for ImageNet.</summary>
internal static class ZooResNets
{
    internal static IEnumerable<ZooEntry> Entries =>
    [
        Entry("ResNet", ResNetTable.ResNet18),
        Entry("ResNet", ResNetTable.ResNet34),
        Entry("ResNet", ResNetTable.ResNet50),
        Entry("ResNet", ResNetTable.ResNet101),
        Entry("ResNet", ResNetTable.ResNet152),
        Entry("ResNet", FirstVersion(ResNetTable.ResNet50)),
        Entry("ResNet", FirstVersion(ResNetTable.ResNet101)),
        Entry("ResNet", FirstVersion(ResNetTable.ResNet152)),
        Entry("ResNeXt", ResNetTable.ResNeXt50),
        Entry("ResNeXt", ResNetTable.ResNeXt101),
        Entry("ResNeXt", ResNetTable.ResNeXt101Groups64),
        Entry("Wide ResNet", ResNetTable.WideResNet50),
        Entry("Wide ResNet", ResNetTable.WideResNet101),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation18),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation34),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation50),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation101),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation152),
        Entry("Pre-activation ResNet", ResNetTable.PreActivation200),
    ];

    internal static ZooEntry Entry(string family, ResNetOptions network, ZooDataSet? dataSet = null) => new(
        network.Architecture,
        family,
        Describe(network),
        dataSet ?? ZooDataSet.ImageNet,
        (classes, input, variant) => ResNet.Create(variant.Apply(network) with { Classes = classes, Input = input }));

    private static ResNetOptions FirstVersion(ResNetOptions network) =>
        network with { Architecture = $"{network.Architecture}_v1", StrideIn = StridePlacement.In1x1 };

    private static string Describe(ResNetOptions network)
    {
        string block = network.Block == ResidualBlock.Basic ? "basic blocks" : "bottlenecks";
        string inner = network.Groups > 1 ? $" of {network.Groups} groups" : network.WidthPerGroup > ResidualBlockOptions.UsualWidthPerGroup ? " of double width" : "";
        string order = network.PreActivation ? ", pre-activated" : "";
        string stride = network.StrideIn == StridePlacement.In1x1 ? ", stride in the 1x1" : "";
        return $"{string.Join('-', network.Blocks)} {block}{inner}{order}{stride}{Stem(network.Stem)}{Spatial(network)}{Attention(network.Attention)}{Pool(network.Pooling)}, {Shortcuts(network.Shortcut)}";
    }

    private static string Stem(ResNetStem stem) => stem switch
    {
        ResNetStem.Large or ResNetStem.Small => "",
        ResNetStem.Deep => ", deep stem",
        ResNetStem.DeepTiered => ", deep tiered stem",
    };

    private static string Spatial(ResNetOptions network) => network.Spatial switch
    {
        SpatialConvolution.Single => "",
        SpatialConvolution.SelectiveKernel => ", selective kernels",
        SpatialConvolution.MultiScale => $", {network.Splits} scales",
        SpatialConvolution.SplitAttention => $", attention between {network.Splits} splits",
    };

    private static string Attention(ChannelAttention attention) => attention switch
    {
        ChannelAttention.None => "",
        ChannelAttention.SqueezeExcitation => ", SE",
        ChannelAttention.Efficient => ", ECA",
    };

    private static string Pool(Pooling pooling) => pooling switch
    {
        Pooling.Average => ", average pools",
        Pooling.Blur => ", blur pools",
        Pooling.Strided or Pooling.AverageBefore or Pooling.AverageAfter => "",
    };

    private static string Shortcuts(Shortcut shortcut) => shortcut switch
    {
        Shortcut.Projection => "projection shortcuts",
        Shortcut.PaddedIdentity => "zero-padded identity shortcuts",
        Shortcut.None => "no shortcuts",
        Shortcut.AveragePool => "average-pool shortcuts",
        Shortcut.WideProjection => "3x3 projection shortcuts",
    };
}
