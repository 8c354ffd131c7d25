using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The transforms of a model's preprocessing.</summary>
internal static class PreprocessingTransforms
{
    /// <summary>The transforms, in order; they throw for an image that they do not give the required size.</summary>
    public static IEnumerable<IImageTransform> Of(Preprocessing preprocessing, Shape shape)
    {
        Interpolation filter = preprocessing.Interpolation;
        return (preprocessing.Resize, preprocessing.Stretch, preprocessing.Crop) switch
        {
            (int, Size, _) => throw new EspalierException("images are resized by their shorter side or to a size of their own, not both"),
            (int side, null, Size crop) => [new ResizeAndCenterCrop(side, crop.Width, crop.Height, filter)],
            (int side, null, null) => [new ResizeShorterSide(side, filter), new NetworkSize(shape)],
            (null, Size size, Size crop) => [new ResizeExactly(size.Width, size.Height, filter), new CenterCrop(crop.Width, crop.Height)],
            (null, Size size, null) => [new ResizeExactly(size.Width, size.Height, filter), new NetworkSize(shape)],
            (null, null, Size crop) => [new CenterCrop(crop.Width, crop.Height)],
            _ => [new NetworkSize(shape)],
        };
    }

    /// <summary>Checks, where there is no crop, that images have the network's input size; the message says what changes it.</summary>
    private sealed record NetworkSize(Shape Shape) : IImageTransform
    {
        public void Apply(PixelBuffer pixels, CounterRandom random)
        {
            if (pixels.Height != Shape[1] || pixels.Width != Shape[2])
            {
                throw new EspalierException($"the image is {Shape[0]}x{pixels.Height}x{pixels.Width} once prepared, but the network is built for {Shape}; Preprocessing.Resize and Preprocessing.Crop can change it");
            }
        }
    }
}
