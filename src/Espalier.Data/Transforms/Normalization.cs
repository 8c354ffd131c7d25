using System.Collections.Immutable;

namespace Espalier.Data.Transforms;

/// <summary>What is subtracted from each channel, which is in 0…1, and what the difference is divided by.</summary>
/// <param name="Mean">One or three numbers: of gray pictures, or of red, green and blue.</param>
/// <param name="Deviation">As many, none of them 0.</param>
public sealed record Normalization(ImmutableArray<float> Mean, ImmutableArray<float> Deviation)
{
    /// <summary>Of ImageNet, as torchvision's networks and most since have it.</summary>
    public static Normalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Of the 50,000 training images of CIFAR-10.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>Of the 50,000 training images of CIFAR-100.</summary>
    public static Normalization Cifar100 { get; } = new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]);

    /// <summary>Of the 60,000 training images of MNIST.</summary>
    public static Normalization Mnist { get; } = new([0.1307f], [0.3081f]);

    /// <summary>Centres three channels: −1…1.</summary>
    public static Normalization Centred { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
}
