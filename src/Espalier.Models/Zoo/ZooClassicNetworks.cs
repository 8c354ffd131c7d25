using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>AlexNet, SqueezeNet, GoogLeNet and Inception v3.</summary>
internal static class ZooClassicNetworks
{
    private const string WithHeads = "_aux";

    // transform_input of torchvision's weights, which are TensorFlow's: from ImageNet's statistics to the range from −1 to 1.
    private static readonly ZooDataSet s_googLeNet = ZooDataSet.ImageNetAt(224, 256, Interpolation.Bilinear, Normalization.Centred);
    private static readonly ZooDataSet s_inception = ZooDataSet.ImageNetAt(299, 342, Interpolation.Bilinear, Normalization.Centred);

    internal static IEnumerable<ZooEntry> Entries =>
    [
        new("alexnet", "AlexNet", "5 convolutions and 3 linear layers", ZooDataSet.ImageNet, (classes, input) => AlexNet.Create(new() { Classes = classes, Input = input })),
        Entry(SqueezeNet.Version10),
        Entry(SqueezeNet.Version11),
        GoogLeNetEntry("googlenet", heads: false),
        InceptionEntry("inception_v3", head: false),
    ];

    /// <summary><c>googlenet_aux</c> and <c>inception_v3_aux</c>: with the auxiliary classifiers as further outputs; <see langword="null"/> for other names.</summary>
    internal static ZooEntry? Parse(string name) => name switch
    {
        $"googlenet{WithHeads}" => GoogLeNetEntry(name, heads: true),
        $"inception_v3{WithHeads}" => InceptionEntry(name, head: true),
        _ => null,
    };

    private static ZooEntry Entry(SqueezeNetOptions network) => new(
        network.Architecture,
        "SqueezeNet",
        $"{network.StemKernel}x{network.StemKernel} convolution and 8 fire modules",
        ZooDataSet.ImageNet,
        (classes, input) => SqueezeNet.Create(network with { Classes = classes, Input = input }));

    private static ZooEntry GoogLeNetEntry(string name, bool heads) => new(
        name,
        "GoogLeNet",
        $"9 inception modules{(heads ? " and 2 auxiliary heads" : "")}",
        s_googLeNet,
        (classes, input) => GoogLeNet.Create(new() { AuxiliaryHeads = heads, Classes = classes, Input = input }));

    private static ZooEntry InceptionEntry(string name, bool head) => new(
        name,
        "Inception",
        $"11 inception modules with factorized convolutions{(head ? " and an auxiliary head" : "")}",
        s_inception,
        (classes, input) => InceptionV3.Create(new() { AuxiliaryHead = head, Classes = classes, Input = input }));
}
