namespace Espalier.Models;

/// <summary>The residual networks without shortcuts, called plain networks (He 2015, §3.3).</summary>
internal static class ZooPlainNetworks
{
    internal static IEnumerable<ZooEntry> Entries =>
    [
        Entry("plain18", ResNetTable.ResNet18),
        Entry("plain34", ResNetTable.ResNet34),
        Entry("plain50", ResNetTable.ResNet50),
        Entry("plain101", ResNetTable.ResNet101),
        Entry("plain152", ResNetTable.ResNet152),
        Entry("resnext50_32x4d_plain", ResNetTable.ResNeXt50),
        Entry("resnext101_32x8d_plain", ResNetTable.ResNeXt101),
        Entry("resnext101_64x4d_plain", ResNetTable.ResNeXt101Groups64),
        Entry("wide_resnet50_2_plain", ResNetTable.WideResNet50),
        Entry("wide_resnet101_2_plain", ResNetTable.WideResNet101),
        Entry("preact_plain18", ResNetTable.PreActivation18),
        Entry("preact_plain34", ResNetTable.PreActivation34),
        Entry("preact_plain50", ResNetTable.PreActivation50),
        Entry("preact_plain101", ResNetTable.PreActivation101),
        Entry("preact_plain152", ResNetTable.PreActivation152),
        Entry("preact_plain200", ResNetTable.PreActivation200),
    ];

    internal static ZooEntry Entry(string name, ResNetOptions residual, ZooDataSet? dataSet = null) =>
        ZooResNets.Entry("Plain", residual with { Architecture = name, Shortcut = Shortcut.None }, dataSet);
}
