using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>A function of a layer's weights that the layer computes with in training, and its gradient.</summary>
/// <param name="weight">The weights that training changes.</param>
/// <param name="scales">Numbers that the function depends on too, or <see langword="null"/>.</param>
internal abstract class FilterTransform(TrainingParameter weight, TrainingParameter? scales = null)
{
    private readonly float[] _gradient = new float[weight.Trainable || scales is { Trainable: true } ? weight.Value.Length : 0];

    /// <summary>The transform of a layer; <see langword="null"/> if it computes with the weights as they are.</summary>
    internal static FilterTransform? Of(Node layer, TrainingState state) => layer.Op switch
    {
        Conv2d { StandardizationEpsilon: double epsilon } conv => new StandardizedFilters(state.Get(layer, "weight"), conv.OutChannels, epsilon),
        _ when QuantizedLayer.Is(layer.Op) => new QuantizedFilters(state.Get(layer, "weight"), state.Get(layer, QuantizedLayer.ScaleRole)),
        _ => null,
    };

    /// <summary>The values of the function.</summary>
    internal float[] Values { get; } = new float[weight.Value.Length];

    internal virtual long Bytes => sizeof(float) * ((long)Values.Length + _gradient.Length);

    /// <summary>Whether weights or scales are trained.</summary>
    internal bool NeedsGradient => _gradient.Length > 0;

    internal TrainingParameter? Scales => scales;

    protected TrainingParameter Weight => weight;

    protected ReadOnlySpan<float> GradientOfValues => _gradient;

    /// <summary>Computes the values again after the weights have changed.</summary>
    internal abstract void Update();

    /// <summary>The memory for the gradient of the values; zero if it will be added to. Empty if nothing is trained.</summary>
    internal Memory<float> Gradient(bool accumulates)
    {
        if (accumulates)
        {
            _gradient.AsSpan().Clear();
        }

        return _gradient;
    }

    /// <summary>Adds the gradient to those of weights and scales, or overwrites them: a part of the output channels.</summary>
    internal abstract void Propagate(bool accumulate, int part, int parts);
}
