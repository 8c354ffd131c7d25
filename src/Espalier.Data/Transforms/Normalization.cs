using System.Collections.Immutable;

namespace Espalier.Data.Transforms;

/// <summary>Normalization of inputs: the mean is subtracted from each channel, whose values are from 0 to 1, and the difference is divided by the standard deviation.</summary>
/// <param name="Mean">One value for gray images, or three for red, green and blue.</param>
/// <param name="Deviation">Standard deviations, as many as means, none of them 0.</param>
public sealed record Normalization(ImmutableArray<float> Mean, ImmutableArray<float> Deviation)
{
    /// <summary>Statistics of ImageNet, as used by torchvision's networks.</summary>
    public static Normalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Statistics of the 50,000 training images of CIFAR-10.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>Statistics of the 50,000 training images of CIFAR-100.</summary>
    public static Normalization Cifar100 { get; } = new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]);

    /// <summary>Statistics of the 60,000 training images of MNIST.</summary>
    public static Normalization Mnist { get; } = new([0.1307f], [0.3081f]);

    /// <summary>Maps three channels to the range from −1 to 1.</summary>
    public static Normalization Centred { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
}
