using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The transforms of a model's preprocessing.</summary>
internal static class PreprocessingTransforms
{
    /// <summary>The transforms, in order. They throw if the transformed image does not have the required size.</summary>
    public static IEnumerable<IImageTransform> Of(Preprocessing preprocessing, Shape shape)
    {
        Interpolation filter = preprocessing.Interpolation;
        return (preprocessing.Resize, preprocessing.Stretch, preprocessing.Crop) switch
        {
            (int, Size, _) => throw new EspalierException("the preprocessing resizes both the shorter side and to a fixed size; expected one of them"),
            (int side, null, Size crop) => [new ResizeAndCenterCrop(side, crop.Width, crop.Height, filter)],
            (int side, null, null) => [new ResizeShorterSide(side, filter), new NetworkSize(shape)],
            (null, Size size, Size crop) => [new ResizeExactly(size.Width, size.Height, filter), new CenterCrop(crop.Width, crop.Height)],
            (null, Size size, null) => [new ResizeExactly(size.Width, size.Height, filter), new NetworkSize(shape)],
            (null, null, Size crop) => [new CenterCrop(crop.Width, crop.Height)],
            _ => [new NetworkSize(shape)],
        };
    }

    /// <summary>Checks, if there is no crop, that images have the network's input size; the message names the options that change it.</summary>
    private sealed record NetworkSize(Shape Shape) : IImageTransform
    {
        public void Apply(PixelBuffer pixels, CounterRandom random)
        {
            if (pixels.Height != Shape[1] || pixels.Width != Shape[2])
            {
                throw new EspalierException($"the image is {Shape[0]}x{pixels.Height}x{pixels.Width} after preprocessing, but the network's input is {Shape}; Preprocessing.Resize and Preprocessing.Crop can change it");
            }
        }
    }
}
