namespace Espalier.Graphs;

/// <summary>What the biases of convolutions and linear layers are before training.</summary>
public enum BiasInitialization
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>Uniform between ±1/√(fan in of the weight): what PyTorch's layers do unless told otherwise.</summary>
    UniformFanIn,
}
