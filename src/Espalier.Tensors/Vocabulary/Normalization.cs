namespace Espalier.Tensors;

/// <summary>How the pixels of an image become a network's floats: (value − mean image − mean) / standard deviation, channel by channel.</summary>
/// <param name="Mean">Subtracted from each channel: one number for gray images, three for colour, in the order of <see cref="Order"/> and the unit of <see cref="Range"/>.</param>
/// <param name="StandardDeviation">What each channel is then divided by: as many numbers, none of them 0.</param>
public sealed record Normalization(ValueList<float> Mean, ValueList<float> StandardDeviation)
{
    private const float LargestByte = 255;

    /// <summary>Of ImageNet, as torchvision's networks and most since have it.</summary>
    public static Normalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Of the 50,000 training images of CIFAR-10.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>Of the 50,000 training images of CIFAR-100.</summary>
    public static Normalization Cifar100 { get; } = new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]);

    /// <summary>Of the 60,000 training images of MNIST.</summary>
    public static Normalization Mnist { get; } = new([0.1307f], [0.3081f]);

    /// <summary>Three channels of −1…1.</summary>
    public static Normalization Centred { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>Blue, green, red in 0…255 less ImageNet's means: of networks converted from Caffe, Keras' ResNet-50 and VGG among them.</summary>
    public static Normalization Caffe { get; } = new([103.939f, 116.779f, 123.68f], [1, 1, 1]) { Order = ChannelOrder.Bgr, Range = PixelRange.Byte };

    /// <summary>The order of the channels.</summary>
    public ChannelOrder Order { get; init; }

    /// <summary>What a byte is taken for.</summary>
    public PixelRange Range { get; init; }

    /// <summary>An image that is subtracted pixel by pixel: channels x height x width of the network's input, or empty for none.</summary>
    public ValueList<float> MeanImage { get; init; }

    /// <summary>How many channels it is for.</summary>
    public int Channels => Mean.Count;

    /// <summary>What a byte of 1 is taken for.</summary>
    public float Unit => Range == PixelRange.Byte ? 1 : 1 / LargestByte;

    /// <summary>The colour in a channel of the input: 0 red, 1 green, 2 blue.</summary>
    public int Colour(int channel) => Order == ChannelOrder.Bgr ? Channels - 1 - channel : channel;

    /// <summary>The value of a byte in a channel: in float, as torchvision computes it, and without the mean image.</summary>
    public float Of(byte value, int channel) => ((Range == PixelRange.Byte ? value : value / LargestByte) - Mean[channel]) / StandardDeviation[channel];

    /// <summary>Why inputs of that shape cannot be normalised so, or <see langword="null"/> if they can.</summary>
    /// <param name="input">Channels x height x width.</param>
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
