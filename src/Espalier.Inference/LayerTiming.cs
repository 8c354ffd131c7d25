using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The measured time of one step of a plan.</summary>
/// <param name="Name">The node whose output it computes.</param>
/// <param name="Kernel">The kernel's name, including fused operations: <c>direct + add + relu</c>.</param>
/// <param name="Output">The shape of the output, for one sample.</param>
/// <param name="MultiplyAccumulates">MACs of one sample.</param>
/// <param name="Milliseconds">Median time over the repetitions, for the whole batch, in milliseconds.</param>
/// <param name="Batch">Number of samples in the batch.</param>
public readonly record struct LayerTiming(string Name, string Kernel, Shape Output, long MultiplyAccumulates, double Milliseconds, int Batch)
{
    /// <summary>Billions of floating-point operations per second, two per multiply-accumulate.</summary>
    public double Gigaflops => Milliseconds == 0 ? 0 : 2 * MultiplyAccumulates * Batch / (Milliseconds * 1e6);
}
