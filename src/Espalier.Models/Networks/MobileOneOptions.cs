using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a MobileOne. <see cref="MobileOne"/> has the published ones.</summary>
public readonly record struct MobileOneOptions()
{
    /// <summary>The architecture's name, such as <c>mobileone_s0</c>.</summary>
    public string Architecture { get; init; } = "mobileone";

    /// <summary>Width multipliers of the stages' 64, 128, 256 and 512 channels: the paper's α.</summary>
    public ValueList<double> Widths { get; init; } = [1.5, 1.5, 2, 2.5];

    /// <summary>Number of equal branches of each convolution: the paper's k.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether the second half of the third stage and the last stage have squeeze and excitation (Hu 2018).</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>Whether each block is built as the single convolution that it folds into, under the authors' name.</summary>
    public bool Deployed { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
