namespace Espalier.Execution;

/// <summary>The parts of a training step whose times are measured for each layer.</summary>
internal enum LayerPass
{
    /// <summary>Changed parameters are packed again.</summary>
    Repack,

    /// <summary>The forward pass.</summary>
    Forward,

    /// <summary>The gradients of the weights of a convolution or a fully connected layer.</summary>
    WeightGradient,

    /// <summary>The rest of the backward pass.</summary>
    Backward,
}
