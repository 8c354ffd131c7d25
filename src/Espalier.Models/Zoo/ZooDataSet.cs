using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>What a network was published for: the size of its images and how they are prepared.</summary>
internal sealed record ZooDataSet(int Classes, FeatureMap Input, Preprocessing Preprocessing, ValueList<string> Labels)
{
    // He 2015, §3.4: the shorter side is resized to 256 and 224 are cropped; other sizes keep the proportion.
    private const double ResizeToCrop = 256.0 / 224.0;

    /// <summary>ImageNet-1k. Its labels are not part of the library.</summary>
    internal static ZooDataSet ImageNet { get; } = new(1000, new(3, 224, 224), Preprocessing.ImageNet, []);

    /// <summary>CIFAR-10 normalised as the published option-A weights want it (with ImageNet's statistics).</summary>
    internal static ZooDataSet Cifar10 { get; } = new(
        10,
        new(3, 32, 32),
        Preprocessing.ImageNet with { Resize = 32, Crop = new Size(32, 32) },
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]);

    /// <summary>CIFAR-10 normalised by its own statistics, as the published option-B weights want it.</summary>
    internal static ZooDataSet Cifar10ByItsOwnStatistics { get; } = Cifar10 with
    {
        Preprocessing = Cifar10.Preprocessing with { Normalization = new([0.4914f, 0.4822f, 0.4465f], [0.2023f, 0.1994f, 0.2010f]) },
    };

    /// <summary>The image for a network with these options.</summary>
    internal FeatureMap InputFor(ZooOptions options)
    {
        Size size = options.InputSize ?? Input.Size;
        return new(options.InputChannels ?? Input.Channels, size.Height, size.Width);
    }

    /// <summary>Metadata with labels, where the classes are the data set's, and preprocessing, where the channels are.</summary>
    internal ModelMetadata Describe(ModelMetadata metadata, int classes, FeatureMap input) => metadata with
    {
        Labels = classes == Classes ? Labels : [],
        Preprocessing = input.Channels == Input.Channels ? PreprocessingFor(input.Size) : null,
    };

    private Preprocessing PreprocessingFor(Size size)
    {
        bool cropped = Preprocessing.Resize != Preprocessing.Crop?.Height;
        int longer = Math.Max(size.Height, size.Width);
        return Preprocessing with { Resize = cropped ? (int)Math.Round(longer * ResizeToCrop) : longer, Crop = size };
    }
}
