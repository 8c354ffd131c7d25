using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A transform of an image. Transforms are stateless values: the same image and random numbers give the same result.</summary>
public interface IImageTransform
{
    /// <summary>Modifies an image in place.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="random">Random numbers of this sample, epoch and transform.</param>
    /// <exception cref="EspalierException">The transform cannot be applied to the image, such as a crop of a smaller image.</exception>
    void Apply(PixelBuffer pixels, CounterRandom random);
}
