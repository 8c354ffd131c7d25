namespace Espalier.Models;

/// <summary>VGG, with and without batch norm.</summary>
internal static class ZooVggNetworks
{
    internal static IEnumerable<ZooEntry> Entries => new[] { Vgg.Vgg11, Vgg.Vgg13, Vgg.Vgg16, Vgg.Vgg19 }.SelectMany(network => new[] { Entry(network), Entry(WithBatchNorm(network)) });

    private static VggOptions WithBatchNorm(VggOptions network) => network with { Architecture = $"{network.Architecture}_bn", Norm = Norms.Batch };

    private static ZooEntry Entry(VggOptions network) => new(
        network.Architecture,
        "VGG",
        $"stacks of {string.Join('-', network.Convolutions)} 3x3 convolutions{(network.Norm is null ? "" : ", each with batch norm")}",
        ZooDataSet.ImageNet,
        (classes, input) => Vgg.Create(network with { Classes = classes, Input = input }));
}
