namespace Espalier.Models;

/// <summary>The entries of RepVGG and MobileOne, with training-time branches and folded.</summary>
internal static class ZooBranchedNetworks
{
    internal static IEnumerable<ZooEntry> Entries =>
    [
        .. RepVgg.Published.Select(Entry),
        .. RepVgg.Published.Select(network => Entry(network with { Architecture = $"{network.Architecture}_deploy", Deployed = true })),
        .. MobileOne.Published.Select(Entry),
        .. MobileOne.Published.Select(network => Entry(network with { Architecture = $"{network.Architecture}_deploy", Deployed = true })),
    ];

    private static ZooEntry Entry(RepVggOptions network) => new(
        network.Architecture,
        "RepVGG",
        $"stages of {string.Join('-', network.Blocks)} {(network.Deployed ? "folded blocks: one 3x3 each" : "blocks of 3x3 + 1x1 + identity")}{(network.Groups == 1 ? "" : $", every second in {network.Groups} groups")}",
        ZooDataSet.ImageNet,
        (classes, input) => RepVgg.Create(network with { Classes = classes, Input = input }));

    private static ZooEntry Entry(MobileOneOptions network) => new(
        network.Architecture,
        "MobileOne",
        $"21 depthwise-separable convolutions{(network.Deployed ? ", folded" : $", {network.Copies}x + scale + skip")}{(network.SqueezeExcitation ? "; squeeze and excitation" : "")}",
        ZooDataSet.ImageNet,
        (classes, input) => MobileOne.Create(network with { Classes = classes, Input = input }));
}
