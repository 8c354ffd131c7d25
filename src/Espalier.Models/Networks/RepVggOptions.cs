using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A RepVGG. <see cref="RepVgg"/> has the published ones.</summary>
public readonly record struct RepVggOptions()
{
    /// <summary>The name it goes by: <c>repvgg_a0</c>.</summary>
    public string Architecture { get; init; } = "repvgg";

    /// <summary>Blocks of the four stages behind the first block.</summary>
    public ValueList<int> Blocks { get; init; } = [2, 4, 14, 1];

    /// <summary>What the stages' 64, 128, 256 and 512 channels are multiplied with: the paper's a, a, a and b.</summary>
    public ValueList<double> Widths { get; init; } = [1, 1, 1, 2.5];

    /// <summary>Groups of every second convolution from the third on: 2 for the paper's g2, 4 for its g4.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether each block is the one convolution that it folds into, under the name the authors give it.</summary>
    public bool Deployed { get; init; }

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
