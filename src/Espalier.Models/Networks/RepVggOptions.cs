using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a RepVGG. <see cref="RepVgg"/> has the options of the published networks.</summary>
public readonly record struct RepVggOptions()
{
    /// <summary>The architecture's name, such as <c>repvgg_a0</c>.</summary>
    public string Architecture { get; init; } = "repvgg";

    /// <summary>Number of blocks of the four stages after the first block.</summary>
    public ValueList<int> Blocks { get; init; } = [2, 4, 14, 1];

    /// <summary>The width multipliers a, a, a and b of the four stages, which have 64, 128, 256 and 512 channels.</summary>
    public ValueList<double> Widths { get; init; } = [1, 1, 1, 2.5];

    /// <summary>The number of groups of every second convolution, starting with the third: 2 for the networks named g2, 4 for g4.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether each block has squeeze and excitation (Hu 2018) before its activation, as RepVGG-D2se of the authors' repository.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>Whether each block is built as the single convolution that it folds into, with the authors' name.</summary>
    public bool Deployed { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
