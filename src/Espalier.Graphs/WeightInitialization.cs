namespace Espalier.Graphs;

/// <summary>The distribution from which the weights of convolutions and linear layers are initialized.</summary>
/// <remarks>
/// Fan in is the product of a weight's extents without the first, fan out that of all without the second; groups are ignored, so a depthwise
/// 3x3 convolution has a fan in of 9 and a fan out of 9 times its channels, as in PyTorch.
/// </remarks>
public enum WeightInitialization
{
    /// <summary>Normal with variance 2 / fan out, which keeps the scale of gradients through ReLUs (He 2015, "Delving deep into rectifiers", eq. 14).</summary>
    KaimingFanOut,

    /// <summary>Normal with variance 2 / fan in, which keeps the scale of activations through ReLUs (He 2015, eq. 10).</summary>
    KaimingFanIn,

    /// <summary>Uniform between ±1/√(fan in): the default of PyTorch's layers.</summary>
    UniformFanIn,

    /// <summary>Normal with a standard deviation of 0.01 (Krizhevsky 2012, §5).</summary>
    NormalHundredth,

    /// <summary>Normal with a standard deviation of 0.1.</summary>
    NormalTenth,

    /// <summary>Normal with a standard deviation of 0.001.</summary>
    NormalThousandth,

    /// <summary>Normal with a standard deviation of 0.02.</summary>
    NormalFiftieth,

    /// <summary>Uniform between ±√(6 / fan in), which has the variance of <see cref="KaimingFanIn"/>.</summary>
    KaimingUniformFanIn,

    /// <summary>Uniform between ±1/√(fan out).</summary>
    UniformFanOut,

    /// <summary>Uniform between ±√(3 / fan out), which has a variance of 1 / fan out: He's without the factor 2 for ReLUs.</summary>
    UniformFanOutUnscaled,
}
