using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The names of a residual network's layers, which differ between published implementations.</summary>
internal sealed record ResNetNames
{
    /// <summary>torchvision's names, and timm's of the same networks with other stems, shortcuts and attention.</summary>
    internal static ResNetNames Torchvision { get; } = new();

    /// <summary>timm's names of the pre-activation networks (<c>resnetv2</c>), whose classifier is a 1x1 convolution.</summary>
    internal static ResNetNames Version2 { get; } = new()
    {
        Stem = new(["stem.conv"], ["stem.norm"], ["stem.relu"]),
        DeepStem = new(["stem.conv1", "stem.conv2", "stem.conv3"], ["stem.norm1", "stem.norm2", "stem.norm3"], ["stem.relu1", "stem.relu2", "stem.relu3"]),
        StemPool = "stem.pool",
        StemPad = "stem.pad",
        Stage = stage => $"stages.{stage}",
        Blocks = ".blocks",
        Norms = "norm",
        ShortcutPool = "pool",
        Projection = ("conv", "norm"),
        PooledProjection = ("conv", "norm"),
        LastNorm = "norm",
        HasClassifierConvolution = true,
    };

    /// <summary>The names of the squeeze-and-excitation networks converted from Caffe (timm's <c>legacy_seresnet</c>).</summary>
    internal static ResNetNames Caffe { get; } = new()
    {
        Stem = new(["layer0.conv1"], ["layer0.bn1"], ["layer0.relu1"]),
        DeepStem = new(["layer0.conv1", "layer0.conv2", "layer0.conv3"], ["layer0.bn1", "layer0.bn2", "layer0.bn3"], ["layer0.relu1", "layer0.relu2", "layer0.relu3"]),
        StemPool = "pool0",
        Attention = "se_module",
    };

    /// <summary>timm's names of networks of selective kernels, which have each convolution and its norm in a scope.</summary>
    internal static ResNetNames SelectiveKernels { get; } = new() { IsNormInConvolution = true };

    /// <summary>The names of the four-stage networks for CIFAR in the PyTorch code that most people start from (kuangliu's).</summary>
    internal static ResNetNames Shortcuts { get; } = new() { Shortcut = "shortcut" };

    /// <summary>The names of Wide ResNets for CIFAR in the PyTorch code that most people start from (xternalz').</summary>
    internal static ResNetNames Wide { get; } = new()
    {
        Stem = new(["conv1"], ["norm"], ["relu"]),
        Stage = stage => $"block{stage + 1}",
        Blocks = ".layer",
        Shortcut = "",
        Projection = ("convShortcut", "normShortcut"),
        LastNorm = "bn1",
    };

    internal StemNames Stem { get; init; } = new(["conv1"], ["bn1"], ["relu"]);

    internal StemNames DeepStem { get; init; } = new(["conv1.0", "conv1.3", "conv1.6"], ["conv1.1", "conv1.4", "bn1"], ["conv1.2", "conv1.5", "relu"]);

    internal string StemPool { get; init; } = "maxpool";

    internal string StemPad { get; init; } = "maxpool_pad";

    internal Func<int, string> Stage { get; init; } = stage => $"layer{stage + 1}";

    internal string Blocks { get; init; } = "";

    internal string Attention { get; init; } = "se";

    /// <summary>The scope of the shortcut's layers, or empty for that of the block.</summary>
    internal string Shortcut { get; init; } = "downsample";

    internal string ShortcutPool { get; init; } = "0";

    internal (string Convolution, string Norm) Projection { get; init; } = ("0", "1");

    internal (string Convolution, string Norm) PooledProjection { get; init; } = ("1", "2");

    internal string LastNorm { get; init; } = "bn";

    internal bool HasClassifierConvolution { get; init; }

    private string Norms { get; init; } = "bn";

    private bool IsNormInConvolution { get; init; }

    /// <summary>The name of a block.</summary>
    internal string Block(int stage, int block) => $"{Stage(stage)}{Blocks}.{block}";

    /// <summary>The name of a block's convolution, counted from 1.</summary>
    internal string Convolution(int number) => IsNormInConvolution ? $"conv{number}.conv" : $"conv{number}";

    /// <summary>The name of a block's norm, counted from 1.</summary>
    internal string Norm(int number) => IsNormInConvolution ? $"conv{number}.bn" : $"{Norms}{number}";

    /// <summary>The names of the convolutions, norms and activations of the first layers.</summary>
    internal sealed record StemNames(ValueList<string> Convolutions, ValueList<string> Norms, ValueList<string> Activations)
    {
        /// <summary>All of them.</summary>
        internal IEnumerable<string> All => [.. Convolutions, .. Norms, .. Activations];
    }
}
