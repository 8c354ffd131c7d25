using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>The first images of one of the kit's CIFAR-10 files, normalized as its ResNets expect.</summary>
/// <param name="Images">Float32, [count, 3, 32, 32].</param>
/// <param name="Labels">The class of each.</param>
public sealed record KitCifar(Tensor Images, byte[] Labels)
{
    private const int Plane = 32 * 32;
    private const int Pixels = 3 * Plane;
    private const int Record = 1 + Pixels; // a label, then the planes of red, green and blue

    /// <summary>Reads them; skips the running test where there is no kit.</summary>
    /// <param name="file">The file's name, such as <c>test_batch.bin</c>.</param>
    /// <param name="count">Number of images.</param>
    public static KitCifar Read(string file, int count)
    {
        byte[] bytes = File.ReadAllBytes(Kit.Path($"cifar10/{file}"));
        Normalization normalization = Normalization.ImageNet;
        Tensor images = Tensor.Zeros([count, 3, 32, 32]);
        Span<float> numbers = images.Write<float>();
        for (int i = 0; i < numbers.Length; i++)
        {
            (int image, int pixel) = Math.DivRem(i, Pixels);
            int channel = pixel / Plane;
            numbers[i] = ((bytes[(image * Record) + 1 + pixel] / 255f) - normalization.Mean[channel]) / normalization.StandardDeviation[channel];
        }

        return new KitCifar(images, [.. Enumerable.Range(0, count).Select(i => bytes[i * Record])]);
    }
}
