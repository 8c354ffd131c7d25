using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The standardized weights of a convolution in training, and their gradient.</summary>
internal sealed class StandardizedFilters
{
    private readonly TrainingParameter _weight;
    private readonly double _epsilon;
    private readonly float[] _values;
    private readonly float[] _gradient;
    private readonly double[] _inverseDeviations;

    /// <param name="weight">The weights before standardization.</param>
    /// <param name="filters">Number of output channels.</param>
    /// <param name="epsilon">See <see cref="Conv2d.StandardizationEpsilon"/>.</param>
    internal StandardizedFilters(TrainingParameter weight, int filters, double epsilon)
    {
        (_weight, _epsilon) = (weight, epsilon);
        _values = new float[weight.Value.Length];
        _gradient = new float[weight.Trainable ? weight.Value.Length : 0];
        _inverseDeviations = new double[filters];
        Update();
    }

    internal ReadOnlySpan<float> Values => _values;

    internal long Bytes => sizeof(float) * ((long)_values.Length + _gradient.Length);

    /// <summary>Standardizes again after the weights have changed.</summary>
    internal void Update()
    {
        _weight.Value.Span.CopyTo(_values);
        WeightStandardization.Apply(_values, _inverseDeviations.Length, _epsilon, inverseDeviations: _inverseDeviations);
    }

    /// <summary>The memory for the gradient of the standardized weights; zero if it will be added to. Empty if the weights are not trained.</summary>
    internal Memory<float> Gradient(bool accumulates)
    {
        if (accumulates)
        {
            _gradient.AsSpan().Clear();
        }

        return _gradient;
    }

    /// <summary>Adds the gradient to that of the weights, or overwrites it: a part of the output channels.</summary>
    internal void Propagate(bool accumulate, int part, int parts) =>
        FilterStandardizationGradient.Run(_values, _inverseDeviations, _gradient, _weight.Gradient.Span, accumulate, part, parts);
}
