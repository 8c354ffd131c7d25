using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A VGG network. <see cref="Vgg"/> has the published ones.</summary>
public readonly record struct VggOptions()
{
    /// <summary>The name it goes by: <c>vgg16</c>.</summary>
    public string Architecture { get; init; } = "vgg";

    /// <summary>3x3 convolutions of each stage; VGG-16's five stages have 2, 2, 3, 3 and 3.</summary>
    public ValueList<int> Convolutions { get; init; } = [2, 2, 3, 3, 3];

    /// <summary>The norm after each convolution, or <see langword="null"/> for none, as in the paper.</summary>
    public Norm? Norm { get; init; }

    /// <summary>Probability that a number of the two hidden linear layers is dropped while training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
