using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a MobileOne. <see cref="MobileOne"/> has the options of the published networks.</summary>
public readonly record struct MobileOneOptions()
{
    /// <summary>The architecture's name, such as <c>mobileone_s0</c>.</summary>
    public string Architecture { get; init; } = "mobileone";

    /// <summary>The width multipliers α of the four stages, which have 64, 128, 256 and 512 channels.</summary>
    public ValueList<double> Widths { get; init; } = [1.5, 1.5, 2, 2.5];

    /// <summary>The number of equal branches of each convolution after the first block, k in the paper; the first block has one, as in the authors' code.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether the second half of the third stage and the last stage have squeeze and excitation (Hu 2018).</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>Whether each block is built as the single convolution that it folds into, with the authors' name.</summary>
    public bool Deployed { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
