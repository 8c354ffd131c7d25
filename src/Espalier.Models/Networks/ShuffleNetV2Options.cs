using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a ShuffleNet v2. <see cref="ShuffleNetV2"/> has the options of the published networks.</summary>
public readonly record struct ShuffleNetV2Options()
{
    /// <summary>The architecture's name, such as <c>shufflenet_v2_x1_0</c>.</summary>
    public string Architecture { get; init; } = "shufflenet_v2";

    /// <summary>Channels of the three stages; all even.</summary>
    public ValueList<int> Channels { get; init; } = [116, 232, 464];

    /// <summary>Channels of the last convolution.</summary>
    public int LastChannels { get; init; } = 1024;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
