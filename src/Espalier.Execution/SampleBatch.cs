using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>What every runtime asks of its input.</summary>
internal static class SampleBatch
{
    /// <summary>Refuses what is no batch of samples for inference.</summary>
    /// <param name="input">To be float32, [batch, …sample], with a batch of at least 1.</param>
    /// <exception cref="EspalierException">It is not.</exception>
    public static void Require(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Type != ElementType.Float32 || input.Shape.Rank < 2 || input.Shape[0] < 1)
        {
            throw new EspalierException($"The input is {input}; expected Float32 samples with a batch extent in front.");
        }
    }

    /// <summary>Refuses what is no batch of samples for a training step.</summary>
    /// <param name="images">To be float32, [batch, …sample].</param>
    /// <param name="sample">The shape of one sample.</param>
    /// <param name="largest">The largest batch.</param>
    /// <exception cref="EspalierException">It is not.</exception>
    public static void Require(Tensor images, Shape sample, int largest)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Type != ElementType.Float32 || images.Shape.Rank < 2 || images.Shape.WithoutFirst() != sample || images.Shape[0] < 1 || images.Shape[0] > largest)
        {
            throw new EspalierException($"The images are {images}; expected Float32, 1 to {largest} times {sample}.");
        }
    }

    /// <summary>Refuses a gradient of another length than the result that it is of, or one without a forward pass.</summary>
    /// <param name="gradient">Numbers of the gradient.</param>
    /// <param name="batch">Samples of the last forward pass; 0 where there was none, or where it has had its backward pass.</param>
    /// <param name="output">The shape of one sample's result.</param>
    /// <exception cref="InvalidOperationException">There is no forward pass.</exception>
    /// <exception cref="ArgumentException">The length is another one.</exception>
    public static void RequireGradient(ReadOnlySpan<float> gradient, int batch, Shape output)
    {
        if (batch == 0)
        {
            throw new InvalidOperationException("A backward pass needs a forward pass of its own before it.");
        }

        if (gradient.Length != batch * output.Count)
        {
            throw new ArgumentException($"The gradient has {gradient.Length} numbers; the result had {batch * output.Count}.", nameof(gradient));
        }
    }
}
