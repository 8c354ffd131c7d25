using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a VGG network. <see cref="Vgg"/> has the options of the published networks.</summary>
public readonly record struct VggOptions()
{
    /// <summary>The architecture's name, such as <c>vgg16</c>.</summary>
    public string Architecture { get; init; } = "vgg";

    /// <summary>Number of 3x3 convolutions of each stage; VGG-16's five stages have 2, 2, 3, 3 and 3.</summary>
    public ValueList<int> Convolutions { get; init; } = [2, 2, 3, 3, 3];

    /// <summary>The norm after each convolution, or <see langword="null"/> for none, as in the paper.</summary>
    public Norm? Norm { get; init; }

    /// <summary>Dropout probability after each of the two hidden linear layers during training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);
}
