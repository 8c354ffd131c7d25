namespace Espalier.Graphs;

/// <summary>The memory that a training plan takes, in bytes; known before any of it is used.</summary>
/// <param name="Arena">Activations and the gradients of activations of the largest batch, which share one arena.</param>
/// <param name="Parameters">Parameters and running statistics.</param>
/// <param name="ParameterGradients">Gradients of the parameters that are trained.</param>
/// <param name="PackedWeights">Weights as the kernels want them, for the forward and the backward pass, and the kernels' partial sums.</param>
public sealed record MemoryForecast(long Arena, long Parameters, long ParameterGradients, long PackedWeights)
{
    /// <summary>All of it. An optimizer's state comes on top.</summary>
    public long Total => Arena + Parameters + ParameterGradients + PackedWeights;
}
