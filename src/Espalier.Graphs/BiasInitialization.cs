namespace Espalier.Graphs;

/// <summary>Initialization of the biases of convolutions and linear layers.</summary>
public enum BiasInitialization
{
    /// <summary>All biases are zero.</summary>
    Zero,

    /// <summary>Uniform between ±1/√(fan in of the weight): the default of PyTorch's layers.</summary>
    UniformFanIn,
}
