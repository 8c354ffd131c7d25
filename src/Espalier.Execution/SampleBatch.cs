using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Checks of the inputs of runtimes.</summary>
internal static class SampleBatch
{
    /// <summary>Throws if a tensor is not a batch of samples for inference.</summary>
    /// <param name="input">Expected to be float32, [batch, …sample], with a batch of at least 1.</param>
    /// <exception cref="EspalierException">The tensor has another type or shape.</exception>
    public static void Require(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Type != ElementType.Float32 || input.Shape.Rank < 2 || input.Shape[0] < 1)
        {
            throw new EspalierException($"The input is {input}; expected Float32 of [batch, …sample].");
        }
    }

    /// <summary>Throws if a tensor is not a batch of samples for a training step.</summary>
    /// <param name="images">Expected to be float32, [batch, …sample].</param>
    /// <param name="sample">The shape of one sample.</param>
    /// <param name="largest">The largest batch.</param>
    /// <exception cref="EspalierException">The tensor has another type or shape.</exception>
    public static void Require(Tensor images, Shape sample, int largest)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Type != ElementType.Float32 || images.Shape.Rank < 2 || images.Shape.WithoutFirst() != sample || images.Shape[0] < 1 || images.Shape[0] > largest)
        {
            throw new EspalierException($"The images are {images}; expected Float32, 1 to {largest} samples of {sample}.");
        }
    }

    /// <summary>Throws if there is no forward pass, or if the length of a gradient differs from that of the outputs.</summary>
    /// <param name="gradient">The elements of the gradient.</param>
    /// <param name="batch">The number of samples of the last forward pass; 0 if there was none, or if its backward pass has been run.</param>
    /// <param name="length">The number of elements of one sample's outputs.</param>
    /// <exception cref="InvalidOperationException">There is no forward pass.</exception>
    /// <exception cref="ArgumentException">The gradient has another length than the outputs.</exception>
    public static void RequireGradient(ReadOnlySpan<float> gradient, int batch, long length)
    {
        if (batch == 0)
        {
            throw new InvalidOperationException("Each backward pass requires a forward pass before it.");
        }

        if (gradient.Length != batch * length)
        {
            throw new ArgumentException($"The gradient has {gradient.Length} elements; expected {batch * length}, as many as the outputs.", nameof(gradient));
        }
    }
}
