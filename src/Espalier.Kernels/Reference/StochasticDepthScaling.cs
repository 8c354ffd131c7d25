namespace Espalier.Kernels;

/// <summary>Where the survival probability p enters.</summary>
public enum StochasticDepthScaling
{
    /// <summary>At inference, the expectation over survival: f counts p times (and x of a bypass 1 − p times), as in the paper.</summary>
    Paper,

    /// <summary>In training, f counts 1/p times where it survives, so that inference has nothing left to scale (torchvision's default).</summary>
    Inverted,
}
