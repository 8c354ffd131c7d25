using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A MobileOne. <see cref="MobileOne"/> has the published ones.</summary>
public readonly record struct MobileOneOptions()
{
    /// <summary>The name it goes by: <c>mobileone_s0</c>.</summary>
    public string Architecture { get; init; } = "mobileone";

    /// <summary>What the stages' 64, 128, 256 and 512 channels are multiplied with: the paper's α.</summary>
    public ValueList<double> Widths { get; init; } = [1.5, 1.5, 2, 2.5];

    /// <summary>Equal branches of each convolution: the paper's k.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether the second half of the third stage, and the last stage, weigh their channels by squeeze and excitation (Hu 2018).</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>Whether each block is the one convolution that it folds into, under the name the authors give it.</summary>
    public bool Deployed { get; init; }

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
