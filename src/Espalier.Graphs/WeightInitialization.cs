namespace Espalier.Graphs;

/// <summary>From which distribution the weights of convolutions and linear layers are drawn before training.</summary>
/// <remarks>
/// Fan in is the product of a weight's extents but the first, fan out that of all but the second; groups do not enter, so a depthwise
/// 3x3 convolution has a fan in of 9 and a fan out of 9 times its channels. That is how PyTorch counts.
/// </remarks>
public enum WeightInitialization
{
    /// <summary>Normal with variance 2 / fan out, which keeps the size of gradients through ReLUs (He 2015, "Delving deep into rectifiers", eq. 14).</summary>
    KaimingFanOut,

    /// <summary>Normal with variance 2 / fan in, which keeps the size of activations through ReLUs (He 2015, eq. 10).</summary>
    KaimingFanIn,

    /// <summary>Uniform between ±1/√(fan in): what PyTorch's layers do unless told otherwise.</summary>
    UniformFanIn,

    /// <summary>Normal with a standard deviation of 0.01 (Krizhevsky 2012, §5).</summary>
    NormalHundredth,
}
