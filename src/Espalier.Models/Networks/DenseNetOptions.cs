using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A DenseNet-BC. <see cref="DenseNet"/> has the published ones.</summary>
public readonly record struct DenseNetOptions()
{
    /// <summary>The name it goes by: <c>densenet121</c>.</summary>
    public string Architecture { get; init; } = "densenet";

    /// <summary>Layers of each block.</summary>
    public ValueList<int> Layers { get; init; } = [6, 12, 24, 16];

    /// <summary>Channels that each layer adds: the paper's k.</summary>
    public int Growth { get; init; } = 32;

    /// <summary>Channels of the stem.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
