using ILGPU;

namespace Espalier.Accelerated;

/// <summary>The running statistics of batch norms.</summary>
internal static class RunningStatistics
{
    internal readonly struct Call(Statistics batch, float momentum, ArrayView<float> mean, ArrayView<float> variance, ArrayView<float> batches)
    {
        internal readonly ArrayView<float> BatchMean = batch.Mean, BatchVariance = batch.Variance, Mean = mean, Variance = variance, Batches = batches;
        internal readonly float Momentum = momentum, Unbiased = (float)((double)batch.Sets.Members / Math.Max(1, batch.Sets.Members - 1));
    }

    /// <summary>Updates running statistics by PyTorch's rule: running = (1 − momentum)·running + momentum·new, with the unbiased variance, and counts the batch.</summary>
    internal static void Update(Device device, Statistics batch, float momentum, ArrayView<float> mean, ArrayView<float> variance, ArrayView<float> batches) =>
        device.Run(Update, mean.Length, new Call(batch, momentum, mean, variance, batches));

    private static void Update(Index1D channel, Call call)
    {
        call.Mean[channel] = ((1 - call.Momentum) * call.Mean[channel]) + (call.Momentum * call.BatchMean[channel]);
        call.Variance[channel] = ((1 - call.Momentum) * call.Variance[channel]) + (call.Momentum * call.BatchVariance[channel] * call.Unbiased);
        if (channel == 0)
        {
            call.Batches[0] += 1;
        }
    }
}
