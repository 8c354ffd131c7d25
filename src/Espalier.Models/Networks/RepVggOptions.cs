using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a RepVGG. <see cref="RepVgg"/> has the published ones.</summary>
public readonly record struct RepVggOptions()
{
    /// <summary>The architecture's name, such as <c>repvgg_a0</c>.</summary>
    public string Architecture { get; init; } = "repvgg";

    /// <summary>Number of blocks of the four stages after the first block.</summary>
    public ValueList<int> Blocks { get; init; } = [2, 4, 14, 1];

    /// <summary>Width multipliers of the stages' 64, 128, 256 and 512 channels: the paper's a, a, a and b.</summary>
    public ValueList<double> Widths { get; init; } = [1, 1, 1, 2.5];

    /// <summary>Groups of every second convolution from the third on: 2 for the paper's g2, 4 for its g4.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether each block is built as the single convolution that it folds into, under the authors' name.</summary>
    public bool Deployed { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
