using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The running statistics of a batch norm, owned by the plan.</summary>
/// <param name="Mean">running_mean.</param>
/// <param name="Variance">running_var.</param>
/// <param name="Counter">num_batches_tracked, which old checkpoints lack.</param>
/// <param name="Momentum">The weight of the newest batch.</param>
internal sealed record BatchNormBuffers(Tensor Mean, Tensor Variance, Tensor? Counter, double Momentum)
{
    /// <summary>Updates the running statistics with those of a batch, by PyTorch's rule.</summary>
    internal void Update(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, long count)
    {
        int channels = (int)Mean.Shape.Count;
        BatchNormTraining.UpdateRunning(mean[..channels], variance[..channels], count, Momentum, Mean.Write<float>(), Variance.Write<float>());
        if (Counter is not null)
        {
            Counter.Write<long>()[0]++;
        }
    }
}
