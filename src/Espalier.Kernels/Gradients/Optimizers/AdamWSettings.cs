namespace Espalier.Kernels;

/// <summary>One step of AdamW (Loshchilov and Hutter 2019), as torch.optim.AdamW has it.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Step">The number of this step, beginning with 1: for the bias correction.</param>
public readonly record struct AdamWSettings(float LearningRate, long Step)
{
    /// <summary>What the gradient is multiplied with first: clipping, averaging.</summary>
    public float GradientScale { get; init; } = 1;

    /// <summary>Decoupled: the parameter shrinks by learning rate x this.</summary>
    public float WeightDecay { get; init; } = 0.01f;

    /// <summary>Decay of the first moment.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Decay of the second moment.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Added to the root of the second moment.</summary>
    public float Eps { get; init; } = 1e-8f;
}
