using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A parameter whose units a criterion scores: single weights, or the blocks or vectors of weights that a <see cref="WeightPattern"/> defines.</summary>
public sealed class WeightUnits
{
    private readonly Parameter _parameter;
    private readonly UnitGrid _grid;
    private readonly WeightPruning _request;
    private readonly Func<string, Tensor>? _gradients;
    private readonly Tensor _weights;

    internal WeightUnits(string name, Parameter parameter, UnitGrid grid, WeightPruning request, Func<string, Tensor>? gradients)
    {
        (Name, _parameter, _grid, _request, _gradients) = (name, parameter, grid, request, gradients);
        _weights = parameter.Effective.To(ElementType.Float32);
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; }

    /// <summary>The parameter's shape.</summary>
    public Shape Shape => _parameter.Value.Shape;

    /// <summary>The number of units.</summary>
    public int Count => _grid.Count;

    /// <summary>The weights in row-major order; masked weights are 0.</summary>
    public ReadOnlySpan<float> Weights => _weights.Read<float>();

    /// <summary>A stream of random numbers for this parameter; it depends only on the seed and the parameter's name.</summary>
    public CounterRandom Random => new CounterRandom(_request.Seed).Stream(Name);

    /// <summary>The index of the unit that a weight belongs to.</summary>
    /// <param name="weight">The index of the weight in <see cref="Weights"/>.</param>
    public int UnitOf(int weight) => _grid.UnitOf(weight);

    /// <summary>A copy of the gradient of the loss, in the order of <see cref="Weights"/>; 0 for masked weights.</summary>
    /// <exception cref="PruningException">There is no gradient, or it has another shape. A criterion that calls this method must declare <see cref="PruningNeeds.Gradients"/>.</exception>
    public float[] Gradients()
    {
        Tensor? gradient = _gradients?.Invoke(Name);
        if (gradient?.Shape != Shape)
        {
            throw new PruningException(Name, gradient is null ? "expected gradients to rank by, found none; 'magnitude' needs none" : $"its gradient is {gradient.Shape}, expected {Shape}");
        }

        float[] slopes = gradient.To(ElementType.Float32).Read<float>().ToArray();
        ReadOnlySpan<float> mask = _parameter.Mask is null ? [] : _parameter.Mask.To(ElementType.Float32).Read<float>();
        for (int i = 0; i < mask.Length; i++)
        {
            slopes[i] = mask[i] == 0 ? 0 : slopes[i];
        }

        return slopes;
    }

    /// <summary>Computes the norm of each unit.</summary>
    /// <param name="values">One value per weight.</param>
    /// <param name="norms">Receives one norm per unit.</param>
    /// <param name="order">The n of the Lₙ norm, or <see langword="null"/> for the request's <see cref="WeightPruning.Norm"/>. For units of one weight every norm is the magnitude.</param>
    /// <exception cref="PruningException">The order is not greater than 0.</exception>
    public void Norms(ReadOnlySpan<float> values, Span<float> norms, double? order = null)
    {
        double n = order ?? _request.Norm;
        if (!(n > 0))
        {
            throw new PruningException(Name, $"expected a norm of an order above 0, such as 1, 2 or infinity, found {n}");
        }

        if (Count == values.Length)
        {
            for (int i = 0; i < norms.Length; i++)
            {
                norms[i] = Math.Abs(values[i]);
            }

            return;
        }

        double[] sums = new double[Count];
        for (int i = 0; i < values.Length; i++)
        {
            ref double sum = ref sums[UnitOf(i)];
            double magnitude = Math.Abs(values[i]);
            sum = double.IsInfinity(n) ? Math.Max(sum, magnitude) : sum + (n == 1 ? magnitude : n == 2 ? magnitude * magnitude : Math.Pow(magnitude, n));
        }

        for (int i = 0; i < norms.Length; i++)
        {
            norms[i] = (float)(double.IsInfinity(n) || n == 1 ? sums[i] : Math.Pow(sums[i], 1 / n));
        }
    }
}
