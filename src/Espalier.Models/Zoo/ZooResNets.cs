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
        (classes, input) => ResNet.Create(network with { Classes = classes, Input = input }));

    private static ResNetOptions FirstVersion(ResNetOptions network) =>
        network with { Architecture = $"{network.Architecture}_v1", StrideIn = StridePlacement.In1x1 };

    private static string Describe(ResNetOptions network)
    {
        string block = network.Block == ResidualBlock.Basic ? "basic blocks" : "bottlenecks";
        string inner = network.Groups > 1 ? $" of {network.Groups} groups" : network.WidthPerGroup > ResidualBlockOptions.UsualWidthPerGroup ? " of double width" : "";
        string order = network.PreActivation ? ", pre-activated" : "";
        string stride = network.StrideIn == StridePlacement.In1x1 ? ", stride in the 1x1" : "";
        return $"{string.Join('-', network.Blocks)} {block}{inner}{order}{stride}, {Shortcuts(network.Shortcut)}";
    }

    private static string Shortcuts(Shortcut shortcut) => shortcut switch
    {
        Shortcut.Projection => "projection shortcuts",
        Shortcut.PaddedIdentity => "zero-padded identity shortcuts",
        Shortcut.None => "no shortcuts",
    };
}
