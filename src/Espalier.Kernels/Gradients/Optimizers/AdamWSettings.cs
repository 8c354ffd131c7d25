namespace Espalier.Kernels;

/// <summary>Settings of one step of AdamW (Loshchilov and Hutter 2019), as in torch.optim.AdamW.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Step">The number of this step, from 1, for the bias correction.</param>
internal readonly record struct AdamWSettings(float LearningRate, long Step)
{
    /// <summary>Factor applied to the gradient first, for clipping or averaging.</summary>
    public float GradientScale { get; init; } = 1;

    /// <summary>Decoupled weight decay: the parameter is reduced by learning rate x weight decay x parameter.</summary>
    public float WeightDecay { get; init; } = 0.01f;

    /// <summary>Decay rate of the first moment.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Decay rate of the second moment.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>The epsilon added to the root of the second moment.</summary>
    public float Eps { get; init; } = 1e-8f;
}
