using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>One change of a picture. Transforms are values without state: the same picture and the same random numbers give the same result.</summary>
public interface IImageTransform
{
    /// <summary>Changes a picture in place.</summary>
    /// <param name="pixels">The picture.</param>
    /// <param name="random">Numbers for this sample, this epoch and this transform alone.</param>
    /// <exception cref="EspalierException">The picture is not one that this can be done to.</exception>
    void Apply(PixelBuffer pixels, CounterRandom random);
}
