using Espalier.Tensors;
using static Espalier.Models.ResNetTable;
using static Espalier.Models.TimmResNetTable;
using static Espalier.Models.ZooDataSet;

namespace Espalier.Models;

/// <summary>The residual networks of timm that have other blocks or other names: pre-activation, several scales, attention between convolutions, and those converted from Caffe.</summary>
internal static class ZooTimmVariants
{
    private const double SelectiveRatio = 1 / 8.0;
    private const int SelectiveDivisor = 16;
    private const int GroupedSelectiveDivisor = 32;

    internal static IEnumerable<ZooEntry> Entries => [.. Caffe, .. Version2, .. SelectiveKernel, .. MultiScale, .. SplitAttention];

    private static ZooDataSet Bilinear => Timm(224, 0.875, Interpolation.Bilinear);

    private static ZooDataSet Bicubic => Timm(224, 0.875);

    private static ZooDataSet Transferred(int side) => Timm(side, 1, Interpolation.Bilinear).Centred();

    private static IEnumerable<ZooEntry> Caffe =>
    [
        OfCaffe(Bicubic, ResNet18, "legacy_seresnet18"),
        OfCaffe(Bilinear, ResNet34, "legacy_seresnet34"),
        OfCaffe(Bilinear, ResNet50, "legacy_seresnet50"),
        OfCaffe(Bilinear, ResNet101, "legacy_seresnet101"),
        OfCaffe(Bilinear, ResNet152, "legacy_seresnet152"),
        OfCaffe(Bicubic, ResNet26.Grouped(32, 4), "legacy_seresnext26_32x4d"),
        OfCaffe(Bilinear, ResNet50.Grouped(32, 4), "legacy_seresnext50_32x4d"),
        OfCaffe(Bilinear, ResNet101.Grouped(32, 4), "legacy_seresnext101_32x4d"),
        OfCaffe(Bilinear, SeNet154, "legacy_senet154"),
    ];

    private static IEnumerable<ZooEntry> Version2 =>
    [
        OfVersion2(Timm(224, 0.95), ResNet50.Version2("resnetv2_50")),
        OfVersion2(Bicubic, ResNet50.D().Version2("resnetv2_50d")),
        OfVersion2(Bicubic, ResNet50.T().Version2("resnetv2_50t")),
        OfVersion2(Timm(224, 0.95), ResNet50.D().Version2("resnetv2_50d_gn") with { Norm = Norms.Group() }),
        OfVersion2(Timm(224, 0.95), ResNet101.Version2("resnetv2_101")),
        OfVersion2(Bicubic, ResNet101.D().Version2("resnetv2_101d")),
        OfVersion2(Bicubic, ResNet152.Version2("resnetv2_152")),
        OfVersion2(Bicubic, ResNet152.D().Version2("resnetv2_152d")),
        OfVersion2(Bicubic, ResNet50.BigTransfer(1, "resnetv2_50x1_bit")),
        OfVersion2(Transferred(448), ResNet50.BigTransfer(3, "resnetv2_50x3_bit")),
        OfVersion2(Transferred(448), ResNet101.BigTransfer(1, "resnetv2_101x1_bit")),
        OfVersion2(Transferred(448), ResNet101.BigTransfer(3, "resnetv2_101x3_bit")),
        OfVersion2(Bicubic, ResNet152.BigTransfer(2, "resnetv2_152x2_bit")),
        OfVersion2(Transferred(480), ResNet152.BigTransfer(4, "resnetv2_152x4_bit")),
    ];

    private static IEnumerable<ZooEntry> SelectiveKernel =>
    [
        Entry("SK-ResNet", Bicubic, ResNet18.SelectiveKernels(2, SelectiveRatio, SelectiveDivisor), "skresnet18"),
        Entry("SK-ResNet", Bicubic, ResNet34.SelectiveKernels(2, SelectiveRatio, SelectiveDivisor), "skresnet34"),
        Entry("SK-ResNet", Bicubic, ResNet50.SelectiveKernels(2), "skresnet50"),
        Entry("SK-ResNet", Bicubic, ResNet50.D().SelectiveKernels(2), "skresnet50d"),
        Entry("SK-ResNet", Bicubic, ResNet50.Grouped(32, 4).SelectiveKernels(1, divisor: GroupedSelectiveDivisor), "skresnext50_32x4d"),
    ];

    private static IEnumerable<ZooEntry> MultiScale =>
    [
        OfScales(ResNet50.MultiScale(26, 4), "res2net50_26w_4s"),
        OfScales(ResNet50.MultiScale(26, 6), "res2net50_26w_6s"),
        OfScales(ResNet50.MultiScale(26, 8), "res2net50_26w_8s"),
        OfScales(ResNet50.MultiScale(48, 2), "res2net50_48w_2s"),
        OfScales(ResNet50.MultiScale(14, 8), "res2net50_14w_8s"),
        OfScales(ResNet50.D().MultiScale(26, 4), "res2net50d"),
        OfScales(ResNet101.MultiScale(26, 4), "res2net101_26w_4s"),
        OfScales(ResNet101.D().MultiScale(26, 4), "res2net101d"),
        OfScales((ResNet50 with { Groups = 8 }).MultiScale(4, 4), "res2next50"),
    ];

    private static IEnumerable<ZooEntry> SplitAttention =>
    [
        Entry("ResNeSt", Bilinear, ResNet14.D().Split().As("resnest14d")),
        Entry("ResNeSt", Bilinear, ResNet26.D().Split().As("resnest26d")),
        Entry("ResNeSt", Bilinear, ResNet50.D().Split().As("resnest50d")),
        Entry("ResNeSt", Timm(256, 0.875, Interpolation.Bilinear), ResNet101.E().Split().As("resnest101e")),
        Entry("ResNeSt", Timm(320, 0.909), ResNet200.E().Split().As("resnest200e")),
        Entry("ResNeSt", Timm(416, 0.928), ResNet269.E().Split().As("resnest269e")),
        Entry("ResNeSt", Bicubic, ResNet50.Grouped(2, 40).D().Split(4).As("resnest50d_4s2x40d") with { Pooling = Pooling.AverageBefore }),
        Entry("ResNeSt", Bicubic, ResNet50.Grouped(4, 24).D().Split(1).As("resnest50d_1s4x24d") with { Pooling = Pooling.AverageBefore }),
    ];

    private static ZooEntry OfCaffe(ZooDataSet dataSet, ResNetOptions network, string name) => Entry("SE-ResNet from Caffe", dataSet, network.Caffe(name));

    private static ZooEntry OfVersion2(ZooDataSet dataSet, ResNetOptions network) => Entry("ResNet v2", dataSet.Centred(), network);

    private static ZooEntry OfScales(ResNetOptions network, string name) => Entry("Res2Net", Bilinear, network.As(name));

    private static ZooEntry Entry(string family, ZooDataSet dataSet, ResNetOptions network, string name) => Entry(family, dataSet, network with { Architecture = name });

    private static ZooEntry Entry(string family, ZooDataSet dataSet, ResNetOptions network) => ZooResNets.Entry(family, network, dataSet);
}
