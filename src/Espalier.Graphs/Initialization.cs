using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How the parameters of a new network get their first numbers. Norms begin with weight 1, bias 0, mean 0 and variance 1 unless said otherwise.</summary>
public readonly record struct Initialization()
{
    /// <summary>The weights of convolutions.</summary>
    public WeightInitialization Convolution { get; init; } = WeightInitialization.KaimingFanOut;

    /// <summary>The biases of convolutions.</summary>
    public BiasInitialization ConvolutionBias { get; init; } = BiasInitialization.Zero;

    /// <summary>The weights of linear layers.</summary>
    public WeightInitialization Linear { get; init; } = WeightInitialization.UniformFanIn;

    /// <summary>The biases of linear layers.</summary>
    public BiasInitialization LinearBias { get; init; } = BiasInitialization.UniformFanIn;

    /// <summary>
    /// Whether a norm that is the first input of an <see cref="Add"/> begins with weight 0, so that the block begins as the
    /// identity (Goyal 2017, "Accurate, large minibatch SGD", §5.1).
    /// </summary>
    public bool ZeroResidual { get; init; }

    /// <summary>Norms that begin with other weights than these rules give.</summary>
    public ValueList<NormWeight> NormWeights { get; init; } = [];

    /// <summary>The names of convolutions with as many channels in as out that begin as the identity: 1 where the channels meet, within each group, otherwise 0.</summary>
    public ValueList<string> IdentityConvolutions { get; init; } = [];
}
