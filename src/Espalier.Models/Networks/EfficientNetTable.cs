using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The options of the published EfficientNets, with the input sizes that torchvision's weights were evaluated at.</summary>
public static class EfficientNetTable
{
    private static readonly ValueList<EfficientNetStage> First =
    [
        new(1, 3, 1, 16, 1), new(6, 3, 2, 24, 2), new(6, 5, 2, 40, 2), new(6, 3, 2, 80, 3), new(6, 5, 1, 112, 3), new(6, 5, 2, 192, 4), new(6, 3, 1, 320, 1),
    ];

    /// <summary>EfficientNet-B0 to -B7 (Tan 2019): width, depth and input grow together.</summary>
    public static ValueList<EfficientNetOptions> Version1 { get; } =
    [
        Of("b0", 1.0, 1.0, 224, 0.2), Of("b1", 1.0, 1.1, 240, 0.2), Of("b2", 1.1, 1.2, 288, 0.3), Of("b3", 1.2, 1.4, 300, 0.3), Of("b4", 1.4, 1.8, 380, 0.4),
        WithTensorFlowNorm(Of("b5", 1.6, 2.2, 456, 0.4)), WithTensorFlowNorm(Of("b6", 1.8, 2.6, 528, 0.5)), WithTensorFlowNorm(Of("b7", 2.0, 3.1, 600, 0.5)),
    ];

    /// <summary>EfficientNet v2 S, M and L (Tan 2021).</summary>
    public static ValueList<EfficientNetOptions> Version2 { get; } =
    [
        Of("s", 24, 384, 0.2, [new(1, 3, 1, 24, 2, true), new(4, 3, 2, 48, 4, true), new(4, 3, 2, 64, 4, true), new(4, 3, 2, 128, 6), new(6, 3, 1, 160, 9), new(6, 3, 2, 256, 15)]),
        Of("m", 24, 480, 0.3,
            [new(1, 3, 1, 24, 3, true), new(4, 3, 2, 48, 5, true), new(4, 3, 2, 80, 5, true), new(4, 3, 2, 160, 7), new(6, 3, 1, 176, 14), new(6, 3, 2, 304, 18), new(6, 3, 1, 512, 5)]),
        Of("l", 32, 480, 0.4,
            [new(1, 3, 1, 32, 4, true), new(4, 3, 2, 64, 7, true), new(4, 3, 2, 96, 7, true), new(4, 3, 2, 192, 10), new(6, 3, 1, 224, 19), new(6, 3, 2, 384, 25), new(6, 3, 1, 640, 7)]),
    ];

    private static EfficientNetOptions Of(string name, double width, double depth, int side, double dropout) =>
        new() { Architecture = $"efficientnet_{name}", Stages = First, Width = width, Depth = depth, Input = new(3, side, side), Dropout = dropout };

    private static EfficientNetOptions Of(string name, int stem, int side, double dropout, ValueList<EfficientNetStage> stages) => new()
    {
        Architecture = $"efficientnet_v2_{name}",
        Stages = stages,
        StemChannels = stem,
        LastChannels = 1280,
        Norm = Norms.BatchOf(epsilon: 1e-3),
        Input = new(3, side, side),
        Dropout = dropout,
    };

    // The attributes of the TensorFlow networks, whose weights torchvision has for these.
    private static EfficientNetOptions WithTensorFlowNorm(EfficientNetOptions network) => network with { Norm = Norms.BatchOf(epsilon: 0.001, momentum: 0.01) };
}
