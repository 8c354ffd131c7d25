using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;
using Interpolation = Espalier.Imaging.Interpolation;

namespace Espalier.Cli.Data;

/// <summary>Turns an image into one network's input, as its metadata says.</summary>
internal sealed class Preprocessor
{
    private readonly Preprocessing _preprocessing;
    private readonly ImagePipeline? _pipeline;

    /// <summary>Prepares for one network.</summary>
    /// <param name="preprocessing">How its images are prepared.</param>
    /// <param name="input">The shape of one sample as the network is built.</param>
    /// <exception cref="EspalierException">The network does not take colour images, or means and deviations are not three.</exception>
    internal Preprocessor(Preprocessing preprocessing, Shape input)
    {
        if (input.Rank != 3 || input[0] != Image.Channels)
        {
            throw new EspalierException($"the network takes inputs of {input}, which are not colour images");
        }

        if (preprocessing.Mean.Count != Image.Channels || preprocessing.StandardDeviation.Count != Image.Channels || preprocessing.StandardDeviation.Contains(0))
        {
            throw new EspalierException($"the means [{preprocessing.Mean}] and deviations [{preprocessing.StandardDeviation}] are not three numbers each, the latter not 0");
        }

        _preprocessing = preprocessing;
        Shape = preprocessing.Crop is Size crop ? [Image.Channels, crop.Height, crop.Width] : input;
        _pipeline = preprocessing is { Resize: int resize, Crop: Size square } && square.Height == square.Width
            ? new ImagePipeline(resize, square.Height, Mean, Deviation, Filter)
            : null;
    }

    /// <summary>The shape of every input.</summary>
    internal Shape Shape { get; }

    private ReadOnlySpan<float> Mean => _preprocessing.Mean.Items.AsSpan();

    private ReadOnlySpan<float> Deviation => _preprocessing.StandardDeviation.Items.AsSpan();

    private Interpolation Filter => _preprocessing.Interpolation == Graphs.Interpolation.Bicubic ? Interpolation.Bicubic : Interpolation.Bilinear;

    /// <summary>One image as an input.</summary>
    /// <exception cref="EspalierException">Without a crop, its size is not the network's.</exception>
    internal Tensor Run(Image image)
    {
        if (_pipeline is not null)
        {
            return _pipeline.Run(image);
        }

        Image resized = _preprocessing.Resize is int side ? image.Resize(side, Filter) : image;
        Image cropped = _preprocessing.Crop is Size crop ? resized.CenterCrop(crop.Width, crop.Height) : resized;
        Tensor tensor = cropped.ToTensor().Normalize(Mean, Deviation);
        return tensor.Shape == Shape
            ? tensor
            : throw new EspalierException($"the image is {tensor.Shape} once prepared, but the network is built for {Shape}; --resize and --crop can change it");
    }
}
