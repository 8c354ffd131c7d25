using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The published residual networks for ImageNet, as in torchvision.</summary>
public static class ResNetTable
{
    /// <summary>ResNet-18 (He 2015, table 1).</summary>
    public static ResNetOptions ResNet18 { get; } = Basic("resnet18", 2, 2, 2, 2);

    /// <summary>ResNet-34 (He 2015, table 1).</summary>
    public static ResNetOptions ResNet34 { get; } = Basic("resnet34", 3, 4, 6, 3);

    /// <summary>ResNet-50 (He 2015, table 1).</summary>
    public static ResNetOptions ResNet50 { get; } = Bottleneck("resnet50", 3, 4, 6, 3);

    /// <summary>ResNet-101 (He 2015, table 1).</summary>
    public static ResNetOptions ResNet101 { get; } = Bottleneck("resnet101", 3, 4, 23, 3);

    /// <summary>ResNet-152 (He 2015, table 1).</summary>
    public static ResNetOptions ResNet152 { get; } = Bottleneck("resnet152", 3, 8, 36, 3);

    /// <summary>ResNeXt-50 with 32 groups of width 4 (Xie 2017, table 1).</summary>
    public static ResNetOptions ResNeXt50 { get; } = ResNet50 with { Architecture = "resnext50_32x4d", Groups = 32, WidthPerGroup = 4 };

    /// <summary>ResNeXt-101 with 32 groups of width 8.</summary>
    public static ResNetOptions ResNeXt101 { get; } = ResNet101 with { Architecture = "resnext101_32x8d", Groups = 32, WidthPerGroup = 8 };

    /// <summary>ResNeXt-101 with 64 groups of width 4.</summary>
    public static ResNetOptions ResNeXt101Groups64 { get; } = ResNet101 with { Architecture = "resnext101_64x4d", Groups = 64, WidthPerGroup = 4 };

    /// <summary>Wide ResNet-50-2: ResNet-50 with doubled inner widths (Zagoruyko 2016, table 8).</summary>
    public static ResNetOptions WideResNet50 { get; } = ResNet50 with { Architecture = "wide_resnet50_2", WidthPerGroup = 128 };

    /// <summary>Wide ResNet-101-2: ResNet-101 with doubled inner widths.</summary>
    public static ResNetOptions WideResNet101 { get; } = ResNet101 with { Architecture = "wide_resnet101_2", WidthPerGroup = 128 };

    /// <summary>ResNet-18 with pre-activation blocks (He 2016).</summary>
    public static ResNetOptions PreActivation18 { get; } = Preactivated(ResNet18, "preact_resnet18");

    /// <summary>ResNet-34 with pre-activation blocks.</summary>
    public static ResNetOptions PreActivation34 { get; } = Preactivated(ResNet34, "preact_resnet34");

    /// <summary>ResNet-50 with pre-activation blocks.</summary>
    public static ResNetOptions PreActivation50 { get; } = Preactivated(ResNet50, "preact_resnet50");

    /// <summary>ResNet-101 with pre-activation blocks.</summary>
    public static ResNetOptions PreActivation101 { get; } = Preactivated(ResNet101, "preact_resnet101");

    /// <summary>ResNet-152 with pre-activation blocks.</summary>
    public static ResNetOptions PreActivation152 { get; } = Preactivated(ResNet152, "preact_resnet152");

    /// <summary>The pre-activation ResNet-200 (He 2016, §5).</summary>
    public static ResNetOptions PreActivation200 { get; } = Preactivated(Bottleneck("", 3, 24, 36, 3), "preact_resnet200");

    private static ResNetOptions Basic(string name, params ReadOnlySpan<int> blocks) => Of(name, ResidualBlock.Basic, blocks);

    private static ResNetOptions Bottleneck(string name, params ReadOnlySpan<int> blocks) => Of(name, ResidualBlock.Bottleneck, blocks);

    private static ResNetOptions Of(string name, ResidualBlock block, ReadOnlySpan<int> blocks) =>
        new() { Architecture = name, Block = block, Blocks = ValueList.Create(blocks) };

    private static ResNetOptions Preactivated(ResNetOptions options, string name) => options with { Architecture = name, PreActivation = true };
}
