using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The data set that a network was published for: number of classes, input, preprocessing and labels.</summary>
internal sealed record ZooDataSet(int Classes, FeatureMap Input, Preprocessing Preprocessing, ValueList<string> Labels)
{
    /// <summary>ImageNet-1k. Its labels come with published weights only.</summary>
    internal static ZooDataSet ImageNet { get; } = new(1000, new(3, 224, 224), Preprocessing.ImageNet, []);

    /// <summary>ImageNet-1k as other networks were evaluated on it.</summary>
    /// <param name="crop">The side of the input.</param>
    /// <param name="resize">The length of the shorter side of the image after resizing.</param>
    /// <param name="interpolation">The filter used for resizing.</param>
    /// <param name="normalization">How pixels are normalized.</param>
    internal static ZooDataSet ImageNetAt(int crop, int resize, Interpolation interpolation, Normalization normalization) =>
        new(1000, new(3, crop, crop), new Preprocessing { Resize = resize, Crop = new Size(crop, crop), Interpolation = interpolation, Normalization = normalization }, []);

    /// <summary>CIFAR-10 normalized with ImageNet's statistics, as published option-A checkpoints expect.</summary>
    internal static ZooDataSet Cifar10 { get; } = new(
        10,
        new(3, 32, 32),
        Preprocessing.ImageNet with { Resize = 32, Crop = new Size(32, 32) },
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]);

    /// <summary>CIFAR-10 normalized with its own statistics, as published option-B checkpoints expect.</summary>
    internal static ZooDataSet Cifar10WithOwnStatistics { get; } = Cifar10 with
    {
        Preprocessing = Cifar10.Preprocessing with { Normalization = new([0.4914f, 0.4822f, 0.4465f], [0.2023f, 0.1994f, 0.2010f]) },
    };

    /// <summary>CIFAR-10 normalized with the means and deviations of its training images.</summary>
    internal static ZooDataSet Cifar10WithItsStatistics { get; } = Cifar10 with { Preprocessing = Cifar10.Preprocessing with { Normalization = Normalization.Cifar10 } };

    /// <summary>Length of the crop divided by that of the resized image's shorter side, as timm has it; <see langword="null"/> for torchvision's.</summary>
    internal double? CropFraction { get; private init; }

    /// <summary>ImageNet-1k with the input and the preprocessing of one of timm's networks.</summary>
    /// <param name="side">Height and width of the input.</param>
    /// <param name="cropFraction">Length of the crop divided by that of the resized image's shorter side.</param>
    /// <param name="interpolation">The filter used for resizing.</param>
    internal static ZooDataSet Timm(int side, double cropFraction, Interpolation interpolation = Interpolation.Bicubic) => ImageNet with
    {
        Input = new(3, side, side),
        CropFraction = cropFraction,
        Preprocessing = ImageNet.Preprocessing with { Interpolation = interpolation },
    };

    /// <summary>The same with means and standard deviations of 0.5.</summary>
    internal ZooDataSet Centred() => this with { Preprocessing = Preprocessing with { Normalization = Normalization.Centred } };

    /// <summary>Input channels and size for the given options.</summary>
    internal FeatureMap InputFor(ZooOptions options)
    {
        Size size = options.InputSize ?? Input.Size;
        return new(options.InputChannels ?? Input.Channels, size.Height, size.Width);
    }

    /// <summary>Adds the data set's labels if the number of classes is that of the data set, and its preprocessing if the number of channels is.</summary>
    internal ModelMetadata Describe(ModelMetadata metadata, int classes, FeatureMap input) => metadata with
    {
        Labels = classes == Classes ? Labels : [],
        Preprocessing = input.Channels == Input.Channels ? PreprocessingFor(input.Size) : null,
    };

    // He 2015, §3.4: the shorter side is resized to 256 and the crop is 224; other input sizes use the same ratio.
    private Preprocessing PreprocessingFor(Size size)
    {
        int longer = Math.Max(size.Height, size.Width);
        double resized = CropFraction is double fraction ? Math.Floor(longer / fraction) : Math.Round(longer * ((double)Preprocessing.Resize!.Value / Input.Height));
        return Preprocessing with { Resize = (int)resized, Crop = size };
    }
}
