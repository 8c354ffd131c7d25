namespace Espalier.Tensors;

/// <summary>How the pixels of an image are converted to a network's floats: (value − mean image − mean) / standard deviation, per channel.</summary>
/// <param name="Mean">Means of the channels: one for gray images, three for colour images, in the order of <see cref="Order"/> and the range of <see cref="Range"/>.</param>
/// <param name="StandardDeviation">Standard deviations of the channels, as many as means, none of them 0.</param>
public sealed record Normalization(ValueList<float> Mean, ValueList<float> StandardDeviation)
{
    private const float LargestByte = 255;

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

    /// <summary>Blue, green, red in 0…255 minus ImageNet's means: for networks converted from Caffe, including Keras' ResNet-50 and VGG.</summary>
    public static Normalization Caffe { get; } = new([103.939f, 116.779f, 123.68f], [1, 1, 1]) { Order = ChannelOrder.Bgr, Range = PixelRange.Byte };

    /// <summary>The order of the channels.</summary>
    public ChannelOrder Order { get; init; }

    /// <summary>The range of pixel values before means are subtracted.</summary>
    public PixelRange Range { get; init; }

    /// <summary>An image subtracted pixel by pixel, channels x height x width of the network's input; empty for none.</summary>
    public ValueList<float> MeanImage { get; init; }

    /// <summary>Number of channels.</summary>
    public int Channels => Mean.Count;

    /// <summary>The value that a byte of 1 is converted to.</summary>
    public float Unit => Range == PixelRange.Byte ? 1 : 1 / LargestByte;

    /// <summary>The colour of an input channel: 0 for red, 1 for green, 2 for blue.</summary>
    public int Colour(int channel) => Order == ChannelOrder.Bgr ? Channels - 1 - channel : channel;

    /// <summary>The float for a byte in a channel, computed in float32 as torchvision does, without the mean image.</summary>
    public float Of(byte value, int channel) => ((Range == PixelRange.Byte ? value : value / LargestByte) - Mean[channel]) / StandardDeviation[channel];

    /// <summary>The reason why inputs of a shape cannot be normalized, or <see langword="null"/> if they can.</summary>
    /// <param name="input">The input shape: channels x height x width.</param>
    public string? Refusal(Shape input)
    {
        int channels = input[0];
        return Mean.Count != channels || StandardDeviation.Count != channels || StandardDeviation.Contains(0)
            ? $"the means [{Mean}] and deviations [{StandardDeviation}] are not {channels} numbers each, the latter not 0"
            : MeanImage.Count != 0 && MeanImage.Count != input.Count
            ? $"the mean image has {MeanImage.Count} values, but inputs of {input} have {input.Count}"
            : null;
    }
}
