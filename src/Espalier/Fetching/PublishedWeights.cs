using System.Collections.Immutable;
using System.Security.Cryptography;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Weights of torchvision, with the preprocessing that they were evaluated with.</summary>
/// <param name="Name">The name in <see cref="PublishedFiles.Names"/>: the architecture, with <c>_v2</c> for a second recipe.</param>
/// <param name="File">The file's name, which ends with the first digits of its SHA-256.</param>
/// <param name="Resize">The length of the shorter side after resizing, before the crop of 224.</param>
internal sealed record PublishedWeights(string Name, string File, int Resize = PublishedWeights.FirstResize)
{
    private const int FirstResize = 256; // torchvision's first recipe
    private const int NewerResize = 232; // the recipe of 2021: https://pytorch.org/blog/how-to-train-state-of-the-art-models-using-torchvision-latest-primitives/

    /// <summary>The files in the <c>WeightsEnum</c>s of torchvision 0.14 for the zoo's architectures, and their <c>resize_size</c>.</summary>
    internal static ImmutableArray<PublishedWeights> All { get; } =
    [
        new("resnet18", "resnet18-f37072fd"), new("resnet34", "resnet34-b627a593"),
        new("resnet50", "resnet50-0676ba61"), new("resnet50_v2", "resnet50-11ad3fa6", NewerResize),
        new("resnet101", "resnet101-63fe2227"), new("resnet101_v2", "resnet101-cd907fc2", NewerResize),
        new("resnet152", "resnet152-394f9c45"), new("resnet152_v2", "resnet152-f82ba261", NewerResize),
        new("resnext50_32x4d", "resnext50_32x4d-7cdf4587"), new("resnext50_32x4d_v2", "resnext50_32x4d-1a0047aa", NewerResize),
        new("resnext101_32x8d", "resnext101_32x8d-8ba56ff5"), new("resnext101_32x8d_v2", "resnext101_32x8d-110c445d", NewerResize),
        new("resnext101_64x4d", "resnext101_64x4d-173b62eb", NewerResize),
        new("wide_resnet50_2", "wide_resnet50_2-95faca4d"), new("wide_resnet50_2_v2", "wide_resnet50_2-9ba9bcbe", NewerResize),
        new("wide_resnet101_2", "wide_resnet101_2-32ee1156"), new("wide_resnet101_2_v2", "wide_resnet101_2-d733dc28", NewerResize),
        new("vgg11", "vgg11-8a719046"), new("vgg11_bn", "vgg11_bn-6002323d"), new("vgg13", "vgg13-19584684"), new("vgg13_bn", "vgg13_bn-abd245e5"),
        new("vgg16", "vgg16-397923af"), new("vgg16_bn", "vgg16_bn-6c64b313"), new("vgg19", "vgg19-dcbb9e9d"), new("vgg19_bn", "vgg19_bn-c79401a0"),
        new("mobilenet_v2", "mobilenet_v2-b0353104"), new("mobilenet_v2_v2", "mobilenet_v2-7ebf99e0", NewerResize),
        new("shufflenet_v2_x0_5", "shufflenetv2_x0.5-f707e7126e"), new("shufflenet_v2_x1_0", "shufflenetv2_x1-5666bf0f80"),
        new("shufflenet_v2_x1_5", "shufflenetv2_x1_5-3c479a10", NewerResize), new("shufflenet_v2_x2_0", "shufflenetv2_x2_0-8be3c8ee", NewerResize),
        new("densenet121", "densenet121-a639ec97"), new("densenet161", "densenet161-8d451a50"), new("densenet169", "densenet169-b2777c0a"), new("densenet201", "densenet201-c1103571"),
    ];

    /// <summary>The name of the architecture in the zoo.</summary>
    internal string Architecture => Name.EndsWith("_v2", StringComparison.Ordinal) && Name != "mobilenet_v2" ? Name[..^"_v2".Length] : Name;

    /// <summary>How images become inputs of these weights.</summary>
    internal Preprocessing Preprocessing => Preprocessing.ImageNet with { Resize = Resize };

    /// <summary>The published weights whose file name a path has, including the hash; <see langword="null"/> for other files.</summary>
    /// <remarks>The name is what the file claims to be; <see cref="Identify"/> says whether it is.</remarks>
    internal static PublishedWeights? Find(string path) => All.FirstOrDefault(weights => weights.File == Path.GetFileNameWithoutExtension(path));

    /// <summary>
    /// The published weights that a file is, by the SHA-256 of its content, whatever its name. The file is only read where this matters: where an architecture has weights with another preprocessing than the usual one.
    /// </summary>
    /// <param name="architecture">The architecture that was loaded.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="note">Receives a message if the file has the name of such weights, but not their content.</param>
    /// <param name="table">The published weights; <see langword="null"/> for <see cref="All"/>.</param>
    /// <exception cref="EspalierException">The file cannot be read.</exception>
    internal static PublishedWeights? Identify(string architecture, string path, Action<string>? note, IEnumerable<PublishedWeights>? table = null)
    {
        PublishedWeights[] own = [.. (table ?? All).Where(weights => weights.Architecture == architecture)];
        if (own.All(weights => weights.Resize == FirstResize))
        {
            return null;
        }

        string digest = FileErrors.Read(path, () =>
        {
            using FileStream file = System.IO.File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        });
        PublishedWeights? found = Array.Find(own, weights => digest.StartsWith(weights.Hash, StringComparison.Ordinal));
        if (found is null && Array.Find(own, weights => weights.File == Path.GetFileNameWithoutExtension(path)) is { } named)
        {
            note?.Invoke($"{path} has the name of torchvision's weights, but not their content (its SHA-256 begins with {digest[..named.Hash.Length]}), so that images are resized to {FirstResize} as usual, not as for those weights ({named.Resize})");
        }

        return found;
    }

    private string Hash => File[(File.LastIndexOf('-') + 1)..];
}
