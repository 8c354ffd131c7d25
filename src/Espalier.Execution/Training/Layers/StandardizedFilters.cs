using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The standardized weights of a convolution in training, and their gradient.</summary>
internal sealed class StandardizedFilters : FilterTransform
{
    private readonly double _epsilon;
    private readonly double[] _inverseDeviations;

    /// <param name="weight">The weights before standardization.</param>
    /// <param name="filters">Number of output channels.</param>
    /// <param name="epsilon">See <see cref="Conv2d.StandardizationEpsilon"/>.</param>
    internal StandardizedFilters(TrainingParameter weight, int filters, double epsilon)
        : base(weight)
    {
        _epsilon = epsilon;
        _inverseDeviations = new double[filters];
        Update();
    }

    internal override void Update()
    {
        Weight.Value.Span.CopyTo(Values);
        WeightStandardization.Apply(Values, _inverseDeviations.Length, _epsilon, inverseDeviations: _inverseDeviations);
    }

    internal override void Propagate(bool accumulate, int part, int parts) =>
        FilterStandardizationGradient.Run(Values, _inverseDeviations, GradientOfValues, Weight.Gradient.Span, accumulate, part, parts);
}
