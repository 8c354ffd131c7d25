namespace Espalier.Kernels;

/// <summary>Settings of one step of stochastic gradient descent, as in torch.optim.SGD.</summary>
/// <param name="LearningRate">Learning rate.</param>
internal readonly record struct SgdSettings(float LearningRate)
{
    /// <summary>Factor applied to the gradient first, for clipping or averaging.</summary>
    public float GradientScale { get; init; } = 1;

    /// <summary>L2 penalty: weight decay x parameter is added to the gradient.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Momentum: the factor of the previous velocity.</summary>
    public float Momentum { get; init; }

    /// <summary>Dampening: the gradient is multiplied by 1 − this when added to the velocity.</summary>
    public float Dampening { get; init; }

    /// <summary>Whether to use Nesterov momentum (Nesterov 1983; Sutskever et al. 2013).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Whether this is the first step, in which the velocity becomes the gradient, without dampening.</summary>
    public bool IsFirstStep { get; init; }
}
