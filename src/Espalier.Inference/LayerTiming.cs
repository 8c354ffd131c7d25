using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>How long one step of a plan took.</summary>
/// <param name="Name">The node whose result it makes.</param>
/// <param name="Kernel">The kernel, with what is fused into it: <c>direct + add + relu</c>.</param>
/// <param name="Output">The shape of its result, for one sample.</param>
/// <param name="MultiplyAccumulates">For one sample.</param>
/// <param name="Milliseconds">The median over the repetitions, for the whole batch.</param>
/// <param name="Batch">Samples in the batch.</param>
public readonly record struct LayerTiming(string Name, string Kernel, Shape Output, long MultiplyAccumulates, double Milliseconds, int Batch)
{
    /// <summary>Billions of floating-point operations a second, two for each multiply-accumulate.</summary>
    public double Gigaflops => Milliseconds == 0 ? 0 : 2 * MultiplyAccumulates * Batch / (Milliseconds * 1e6);
}
