using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a DenseNet-BC. <see cref="DenseNet"/> has the options of the published networks.</summary>
public readonly record struct DenseNetOptions()
{
    /// <summary>The architecture's name, such as <c>densenet121</c>.</summary>
    public string Architecture { get; init; } = "densenet";

    /// <summary>Number of layers of each block.</summary>
    public ValueList<int> Layers { get; init; } = [6, 12, 24, 16];

    /// <summary>The number of channels that each layer adds, k in the paper.</summary>
    public int Growth { get; init; } = 32;

    /// <summary>Channels of the stem.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
