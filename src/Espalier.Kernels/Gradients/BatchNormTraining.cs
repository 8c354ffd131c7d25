namespace Espalier.Kernels;

/// <summary>Batch norm in training mode (Ioffe and Szegedy 2015), forward and backward, with a residual and a ReLU fused into it if wanted.</summary>
/// <remarks>
/// Each direction has two phases, and all parts of the first must be done before any of the second begins. Sums are cut by the problem and the
/// batch only, so that any number of threads gives the same bits.
/// </remarks>
public sealed class BatchNormTraining
{
    /// <summary>Prepares it.</summary>
    /// <exception cref="ArgumentException">The layouts don't hold the same map.</exception>
    public BatchNormTraining(in BatchNormProblem problem) => throw new NotImplementedException();

    /// <summary>Floats of the workspace.</summary>
    public int WorkspaceLength(int batch) => throw new NotImplementedException();

    /// <summary>Forward, first phase: the moments of pieces of the input.</summary>
    public void GatherMoments(in BatchNormForwardOperands operands, int part, int parts) => throw new NotImplementedException();

    /// <summary>Forward, second phase: combines the moments, saves them and normalises.</summary>
    public void Normalize(in BatchNormForwardOperands operands, int part, int parts) => throw new NotImplementedException();

    /// <summary>Backward, first phase: sums over pieces of the gradient.</summary>
    public void GatherGradients(in BatchNormBackwardOperands operands, int part, int parts) => throw new NotImplementedException();

    /// <summary>Backward, second phase: combines the sums and writes all gradients.</summary>
    public void Propagate(in BatchNormBackwardOperands operands, int part, int parts) => throw new NotImplementedException();

    /// <summary>PyTorch's rule: running = (1 − momentum) · running + momentum · batch, the variance being the unbiased one (n / (n − 1) times the biased).</summary>
    /// <param name="mean">The batch's mean of each channel.</param>
    /// <param name="variance">The batch's biased variance of each channel.</param>
    /// <param name="count">n: batch x height x width.</param>
    /// <param name="momentum">The weight of the new batch; for a cumulative average 1 / (batches so far, this one included).</param>
    /// <param name="runningMean">Updated.</param>
    /// <param name="runningVariance">Updated.</param>
    public static void UpdateRunning(
        ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, long count, double momentum, Span<float> runningMean, Span<float> runningVariance)
    {
        double unbiased = (double)count / Math.Max(1, count - 1);
        for (int channel = 0; channel < runningMean.Length; channel++)
        {
            runningMean[channel] = (float)(((1 - momentum) * runningMean[channel]) + (momentum * mean[channel]));
            runningVariance[channel] = (float)(((1 - momentum) * runningVariance[channel]) + (momentum * unbiased * variance[channel]));
        }
    }
}
