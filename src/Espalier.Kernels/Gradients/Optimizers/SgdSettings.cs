namespace Espalier.Kernels;

/// <summary>One step of stochastic gradient descent, as torch.optim.SGD has it.</summary>
/// <param name="LearningRate">Step size.</param>
public readonly record struct SgdSettings(float LearningRate)
{
    /// <summary>What the gradient is multiplied with first: clipping, averaging.</summary>
    public float GradientScale { get; init; } = 1;

    /// <summary>L2 penalty: its multiple of the parameter is added to the gradient.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Share of the last velocity that is kept.</summary>
    public float Momentum { get; init; }

    /// <summary>Share of the gradient that does not enter the velocity.</summary>
    public float Dampening { get; init; }

    /// <summary>Whether to look ahead (Nesterov 1983; Sutskever et al. 2013).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Whether the velocity holds nothing yet and becomes the gradient, undamped.</summary>
    public bool IsFirstStep { get; init; }
}
