using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>How the parameters of a new network are initialized. By default norms have weight 1, bias 0, mean 0 and variance 1.</summary>
public readonly record struct Initialization()
{
    /// <summary>Initialization of the weights of convolutions.</summary>
    public WeightInitialization Convolution { get; init; } = WeightInitialization.KaimingFanOut;

    /// <summary>Initialization of the biases of convolutions.</summary>
    public BiasInitialization ConvolutionBias { get; init; } = BiasInitialization.Zero;

    /// <summary>Initialization of the weights of linear layers.</summary>
    public WeightInitialization Linear { get; init; } = WeightInitialization.UniformFanIn;

    /// <summary>Initialization of the biases of linear layers.</summary>
    public BiasInitialization LinearBias { get; init; } = BiasInitialization.UniformFanIn;

    /// <summary>
    /// Whether a norm that is the first input of an <see cref="Add"/> is initialized with weight 0, so that the block is initially the
    /// identity (Goyal 2017, "Accurate, large minibatch SGD", §5.1).
    /// </summary>
    public bool ZeroResidual { get; init; }

    /// <summary>Convolutions and linear layers whose weights are initialized otherwise, by name.</summary>
    public ValueList<LayerInitialization> Layers { get; init; } = [];

    /// <summary>Norms with other initial weights, by name.</summary>
    public ValueList<NormWeight> NormWeights { get; init; } = [];

    /// <summary>Names of convolutions initialized as the identity: 1 where output and input channel are the same within a group, otherwise 0. They must have as many output as input channels.</summary>
    public ValueList<string> IdentityConvolutions { get; init; } = [];
}

/// <summary>The initialization of the weight of one layer.</summary>
/// <param name="Layer">The name of a convolution or linear layer.</param>
/// <param name="Weight">The initialization of its weight.</param>
public readonly record struct LayerInitialization(string Layer, WeightInitialization Weight);
