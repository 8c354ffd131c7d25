using System.Text.RegularExpressions;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Names of timm that begin with who trained the network: <c>tv_resnet50</c>, <c>ssl_resnet18</c>, <c>gluon_resnet50_v1d</c>.</summary>
internal static partial class ZooSourceNames
{
    private static readonly string[] SemiSupervised = ["resnet18", "resnet50", "resnext50_32x4d", "resnext101_32x4d", "resnext101_32x8d", "resnext101_32x16d"];

    /// <summary>The network with such a name, or <see langword="null"/> for other names.</summary>
    internal static ZooEntry? Parse(string name)
    {
        Match match = Pattern().Match(name);
        if (!match.Success)
        {
            return null;
        }

        string network = match.Groups["network"].Value;
        return match.Groups["source"].ValueSpan switch
        {
            "tv" when network is "resnet34" or "resnet50" or "resnet101" or "resnet152" or "resnext50_32x4d" => Bilinear(name, network),
            "ssl" or "swsl" when SemiSupervised.Contains(network) => Bilinear(name, network),
            "ig" when network is "resnext101_32x8d" or "resnext101_32x16d" or "resnext101_32x32d" or "resnext101_32x48d" => Bilinear(name, network),
            "gluon" when Gluon(network) is string known => Entry(name, known, ZooDataSet.Timm(224, 0.875)),
            _ => null,
        };
    }

    /// <summary>Gluon's names have the form of a ResNet after <c>v1</c>: b is torchvision's.</summary>
    private static string? Gluon(string network)
    {
        Match match = GluonPattern().Match(network);
        string form = match.Groups["form"].Value;
        return match.Success ? (form == "b" ? $"resnet{match.Groups["depth"].Value}" : match.Groups["depth"].Value is "18" or "34" ? null : $"resnet{match.Groups["depth"].Value}{form}")
            : network is "resnext50_32x4d" or "resnext101_32x4d" or "resnext101_64x4d" or "seresnext50_32x4d" or "seresnext101_32x4d" or "seresnext101_64x4d" or "senet154" ? network
            : null;
    }

    private static ZooEntry Bilinear(string name, string network) => Entry(name, network, ZooDataSet.Timm(224, 0.875, Interpolation.Bilinear));

    private static ZooEntry Entry(string name, string network, ZooDataSet dataSet)
    {
        if (network == "resnext101_32x48d")
        {
            return ZooResNets.Entry("ResNeXt", ResNetTable.ResNet101.Grouped(32, 48).As(name), dataSet);
        }

        ZooEntry known = ZooResNets.Entries.Concat(ZooTimmNetworks.Entries).First(entry => entry.Name == network);
        return known.Under(name, dataSet);
    }

    [GeneratedRegex(@"\A(?<source>tv|ssl|swsl|ig|gluon)_(?<network>[a-z0-9_]{1,40})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\Aresnet(?<depth>18|34|50|101|152)_v1(?<form>[bcds])\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex GluonPattern();
}
