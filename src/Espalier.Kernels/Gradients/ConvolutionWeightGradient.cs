namespace Espalier.Kernels;

/// <summary>The gradient of a convolution with respect to its weights and biases.</summary>
/// <remarks>
/// Two phases: <see cref="Accumulate"/> forms partial sums in a workspace that all parts share; when all its parts are done, <see cref="Reduce"/>
/// adds them up in a fixed order. How the sums are cut depends on the problem and the batch only, so that any number of threads gives the same bits.
/// </remarks>
public sealed class ConvolutionWeightGradient
{
    /// <summary>Prepares a convolution's weight gradient.</summary>
    /// <param name="forward">The convolution as it runs forward, <see cref="ConvolutionProblem.Input"/> being where its input was kept, zero border and all.</param>
    /// <param name="outputGradient">Where the gradient of the output lies: the output's map, with any border, which is not read.</param>
    /// <exception cref="ArgumentException">The layouts don't fit each other.</exception>
    public ConvolutionWeightGradient(in ConvolutionProblem forward, BlockedLayout outputGradient) => throw new NotImplementedException();

    /// <summary>The way it is computed.</summary>
    public string KernelName => throw new NotImplementedException();

    /// <summary>Floats of the workspace, which all parts of both phases share; it need not be cleared.</summary>
    public int WorkspaceLength(int batch) => throw new NotImplementedException();

    /// <summary>Floats of scratch memory that each concurrent part of <see cref="Accumulate"/> needs.</summary>
    public int ScratchLength => throw new NotImplementedException();

    /// <summary>Into how many parts <see cref="Accumulate"/> may usefully be split.</summary>
    public int MaximumParts(int batch) => throw new NotImplementedException();

    /// <summary>First phase.</summary>
    /// <param name="input">Batch x the input's layout.</param>
    /// <param name="outputGradient">Batch x the output gradient's layout.</param>
    /// <param name="workspace"><see cref="WorkspaceLength"/> floats.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> floats that no other part uses meanwhile.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public void Accumulate(
        ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> workspace, Span<float> scratch, int batch, int part, int parts) =>
        throw new NotImplementedException();

    /// <summary>Second phase.</summary>
    /// <param name="workspace">What <see cref="Accumulate"/> left there.</param>
    /// <param name="weights">The gradient of the weights, in PyTorch's order; empty if not wanted.</param>
    /// <param name="bias">The gradient of the biases; empty if there are none.</param>
    /// <param name="batch">Images, as in the first phase.</param>
    /// <param name="accumulate">Whether to add to what the gradients hold, rather than to overwrite it.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many; need not be that of the first phase.</param>
    public void Reduce(ReadOnlySpan<float> workspace, Span<float> weights, Span<float> bias, int batch, bool accumulate, int part, int parts) =>
        throw new NotImplementedException();
}
