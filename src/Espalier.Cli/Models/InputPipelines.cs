using Espalier.Data;
using Espalier.Data.Transforms;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;
using Interpolation = Espalier.Imaging.Interpolation;

namespace Espalier.Cli.Models;

/// <summary>Turns what a model's metadata says about its inputs into a pipeline.</summary>
internal static class InputPipelines
{
    /// <summary>The pipeline of a model that says how its images are prepared.</summary>
    /// <exception cref="EspalierException">It does not, or takes no pictures.</exception>
    internal static InputPipeline Of(Model model) => Create(
        model.Metadata.Preprocessing ?? throw new EspalierException("the model does not say how images become inputs"), model.Graph.ShapeOf(model.Graph.Input.Name));

    /// <summary>The pipeline for one network.</summary>
    /// <param name="preprocessing">How its images are prepared.</param>
    /// <param name="input">The shape of one sample as the network is built.</param>
    /// <exception cref="EspalierException">The network does not take pictures, or means and deviations do not fit it.</exception>
    internal static InputPipeline Create(Preprocessing preprocessing, Shape input)
    {
        if (input.Rank != 3 || input[0] is not (1 or Image.Channels))
        {
            throw new EspalierException($"the network takes inputs of {input}, which are not colour or gray images");
        }

        if (preprocessing.Mean.Count != input[0] || preprocessing.StandardDeviation.Count != input[0] || preprocessing.StandardDeviation.Contains(0))
        {
            throw new EspalierException($"the means [{preprocessing.Mean}] and deviations [{preprocessing.StandardDeviation}] are not {input[0]} numbers each, the latter not 0");
        }

        Shape shape = preprocessing.Crop is Size crop ? [input[0], crop.Height, crop.Width] : input;
        var normalization = new Normalization(preprocessing.Mean.Items, preprocessing.StandardDeviation.Items);
        return new InputPipeline(shape, normalization, [.. Transforms(preprocessing, shape)]);
    }

    private static IEnumerable<IImageTransform> Transforms(Preprocessing preprocessing, Shape shape)
    {
        Interpolation filter = preprocessing.Interpolation == Graphs.Interpolation.Bicubic ? Interpolation.Bicubic : Interpolation.Bilinear;
        return (preprocessing.Resize, preprocessing.Crop) switch
        {
            (int side, Size crop) => [new ResizedCentre(side, crop.Width, crop.Height, filter)],
            (int side, null) => [new ShorterSide(side, filter), new NetworkSize(shape)],
            (null, Size crop) => [new CentreCrop(crop.Width, crop.Height)],
            _ => [new NetworkSize(shape)],
        };
    }

    /// <summary>Without a crop, pictures must come out as large as the network is built for: says which options help where they do not.</summary>
    private sealed record NetworkSize(Shape Shape) : IImageTransform
    {
        public void Apply(PixelBuffer pixels, CounterRandom random)
        {
            if (pixels.Height != Shape[1] || pixels.Width != Shape[2])
            {
                throw new EspalierException($"the image is {Shape[0]}x{pixels.Height}x{pixels.Width} once prepared, but the network is built for {Shape}; --resize and --crop can change it");
            }
        }
    }
}
