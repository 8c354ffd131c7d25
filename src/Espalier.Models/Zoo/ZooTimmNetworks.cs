using Espalier.Tensors;
using static Espalier.Models.ResNetTable;
using static Espalier.Models.TimmResNetTable;
using static Espalier.Models.ZooDataSet;

namespace Espalier.Models;

/// <summary>The residual networks that timm names and torchvision lacks, each with the input and the preprocessing of timm's usual weights.</summary>
internal static class ZooTimmNetworks
{
    internal static IEnumerable<ZooEntry> Entries => [.. Stems, .. Groups, .. SqueezeExcitation, .. Efficient, .. AntiAliased, .. Revisited];

    private static IEnumerable<ZooEntry> Stems =>
    [
        Entry(Timm(176, 0.875), ResNet10.T().As("resnet10t")),
        Entry(Timm(176, 0.875), ResNet14.T().As("resnet14t")),
        Usual(ResNet18.D().As("resnet18d")),
        Usual(ResNet26.As("resnet26")),
        Usual(ResNet26.D().As("resnet26d")),
        Entry(Timm(256, 0.94), ResNet26.T().As("resnet26t")),
        Usual(ResNet34.D().As("resnet34d")),
        Usual(ResNet50.C().As("resnet50c")),
        Usual(ResNet50.D().As("resnet50d")),
        Usual(ResNet50.S().As("resnet50s")),
        Usual(ResNet50.T().As("resnet50t")),
        Entry(Timm(224, 0.94), ResNet50.As("resnet50_gn") with { Norm = Norms.Group() }),
        Usual(ResNet101.C().As("resnet101c")),
        Larger(ResNet101.D().As("resnet101d")),
        Usual(ResNet101.S().As("resnet101s")),
        Usual(ResNet152.C().As("resnet152c")),
        Larger(ResNet152.D().As("resnet152d")),
        Usual(ResNet152.S().As("resnet152s")),
        Usual(ResNet200.As("resnet200")),
        Larger(ResNet200.D().As("resnet200d")),
    ];

    private static IEnumerable<ZooEntry> Groups =>
    [
        Entry(Timm(224, 0.875), ResNet50.Grouped(32, 4).D().As("resnext50d_32x4d"), "ResNeXt"),
        Entry(Bilinear, ResNet101.Grouped(32, 4).As("resnext101_32x4d"), "ResNeXt"),
        Entry(Bilinear, ResNet101.Grouped(32, 16).As("resnext101_32x16d"), "ResNeXt"),
        Entry(Bilinear, ResNet101.Grouped(32, 32).As("resnext101_32x32d"), "ResNeXt"),
    ];

    private static IEnumerable<ZooEntry> SqueezeExcitation =>
    [
        Usual(ResNet18.Se().As("seresnet18"), "SE-ResNet"),
        Usual(ResNet34.Se().As("seresnet34"), "SE-ResNet"),
        Fuller(ResNet50.Se().As("seresnet50"), "SE-ResNet"),
        Usual(ResNet50.T().Se().As("seresnet50t"), "SE-ResNet"),
        Usual(ResNet101.Se().As("seresnet101"), "SE-ResNet"),
        Usual(ResNet152.Se().As("seresnet152"), "SE-ResNet"),
        Larger(ResNet152.D().Se().As("seresnet152d"), "SE-ResNet"),
        Entry(Timm(256, 0.875), ResNet200.D().Se().As("seresnet200d"), "SE-ResNet"),
        Entry(Timm(256, 0.875), ResNet269.D().Se().As("seresnet269d"), "SE-ResNet"),
        Usual(ResNet26.Grouped(32, 4).D().Se().As("seresnext26d_32x4d"), "SE-ResNeXt"),
        Usual(ResNet26.Grouped(32, 4).T().Se().As("seresnext26t_32x4d"), "SE-ResNeXt"),
        Usual(ResNet50.Grouped(32, 4).Se().As("seresnext50_32x4d"), "SE-ResNeXt"),
        Usual(ResNet101.Grouped(32, 4).Se().As("seresnext101_32x4d"), "SE-ResNeXt"),
        Fuller(ResNet101.Grouped(32, 8).Se().As("seresnext101_32x8d"), "SE-ResNeXt"),
        Fuller(ResNet101.Grouped(32, 8).D().Se().As("seresnext101d_32x8d"), "SE-ResNeXt"),
        Usual(ResNet101.Grouped(64, 4).Se().As("seresnext101_64x4d"), "SE-ResNeXt"),
        Usual(SeNet154.As("senet154"), "SE-ResNeXt"),
    ];

    private static IEnumerable<ZooEntry> Efficient =>
    [
        Entry(Timm(256, 0.875), ResNet26.T().Eca().As("ecaresnet26t"), "ECA-ResNet"),
        Usual(ResNet50.D().Eca().As("ecaresnet50d"), "ECA-ResNet"),
        Entry(Timm(256, 0.875), ResNet50.T().Eca().As("ecaresnet50t"), "ECA-ResNet"),
        Usual(Stages(ResNet50, 1, 1, 11, 3).Eca().As("ecaresnetlight") with { Shortcut = Shortcut.AveragePool }, "ECA-ResNet"),
        Usual(ResNet101.D().Eca().As("ecaresnet101d"), "ECA-ResNet"),
        Larger(ResNet200.D().Eca().As("ecaresnet200d"), "ECA-ResNet"),
        Entry(Timm(320, 0.95), ResNet269.D().Eca().As("ecaresnet269d"), "ECA-ResNet"),
        Usual(ResNet26.Grouped(32, 4).T().Eca().As("ecaresnext26t_32x4d"), "ECA-ResNet"),
        Usual(ResNet26.Grouped(32, 4).T().Eca().As("ecaresnext50t_32x4d"), "ECA-ResNet"), // in timm it has the depth of the other one
    ];

    private static IEnumerable<ZooEntry> AntiAliased =>
    [
        Usual(ResNet18.Blurred().As("resnetblur18"), "Anti-aliased ResNet"),
        Usual(ResNet50.Blurred().As("resnetblur50"), "Anti-aliased ResNet"),
        Usual(ResNet50.D().Blurred().As("resnetblur50d"), "Anti-aliased ResNet"),
        Usual(ResNet101.D().Blurred().As("resnetblur101d"), "Anti-aliased ResNet"),
        Usual(ResNet34.D().Averaged().As("resnetaa34d"), "Anti-aliased ResNet"),
        Fuller(ResNet50.Averaged().As("resnetaa50"), "Anti-aliased ResNet"),
        Fuller(ResNet50.D().Averaged().As("resnetaa50d"), "Anti-aliased ResNet"),
        Fuller(ResNet101.D().Averaged().As("resnetaa101d"), "Anti-aliased ResNet"),
        Usual(ResNet50.D().Averaged().Se().As("seresnetaa50d"), "Anti-aliased ResNet"),
        Entry(Timm(288, 0.95), ResNet101.Grouped(32, 8).D().Averaged().Se().As("seresnextaa101d_32x8d"), "Anti-aliased ResNet"),
        Entry(Timm(384, 1), Stages(ResNet50, 3, 24, 36, 4).Grouped(32, 8).E().Averaged().Se().As("seresnextaa201d_32x8d"), "Anti-aliased ResNet"),
    ];

    private static IEnumerable<ZooEntry> Revisited =>
    [
        Entry(Timm(160, 0.91), Rs(3, 4, 6, 3).As("resnetrs50"), "ResNet-RS"),
        Entry(Timm(192, 0.94), Rs(3, 4, 23, 3).As("resnetrs101"), "ResNet-RS"),
        Entry(Timm(256, 1), Rs(3, 8, 36, 3).As("resnetrs152"), "ResNet-RS"),
        Entry(Timm(256, 1), Rs(3, 24, 36, 3).As("resnetrs200"), "ResNet-RS"),
        Entry(Timm(256, 1), Rs(4, 29, 53, 4).As("resnetrs270"), "ResNet-RS"),
        Entry(Timm(288, 1), Rs(4, 36, 72, 4).As("resnetrs350"), "ResNet-RS"),
        Entry(Timm(320, 1), Rs(4, 44, 87, 4).As("resnetrs420"), "ResNet-RS"),
    ];

    private static ZooDataSet Bilinear => Timm(224, 0.875, Interpolation.Bilinear);

    private static ZooEntry Usual(ResNetOptions network, string family = "ResNet") => Entry(Timm(224, 0.875), network, family);

    private static ZooEntry Fuller(ResNetOptions network, string family) => Entry(Timm(224, 0.95), network, family);

    private static ZooEntry Larger(ResNetOptions network, string family = "ResNet") => Entry(Timm(256, 0.95), network, family);

    private static ZooEntry Entry(ZooDataSet dataSet, ResNetOptions network, string family = "ResNet") => ZooResNets.Entry(family, network, dataSet);
}
