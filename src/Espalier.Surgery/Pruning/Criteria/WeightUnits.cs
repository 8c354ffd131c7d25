using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A parameter whose units a criterion scores: single weights, or whatever a <see cref="WeightPattern"/> makes one.</summary>
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

    /// <summary>Its shape.</summary>
    public Shape Shape => _parameter.Value.Shape;

    /// <summary>How many units there are.</summary>
    public int Count => _grid.Count;

    /// <summary>The weights in the order of the shape; 0 where earlier prunings have removed one.</summary>
    public ReadOnlySpan<float> Weights => _weights.Read<float>();

    /// <summary>Random numbers of this parameter alone, whatever else is pruned.</summary>
    public CounterRandom Random => new CounterRandom(_request.Seed).Stream(Name);

    /// <summary>The unit that a weight belongs to.</summary>
    /// <param name="weight">Its place among <see cref="Weights"/>.</param>
    public int UnitOf(int weight) => _grid.UnitOf(weight);

    /// <summary>A copy of the loss's gradient, in the order of <see cref="Weights"/>; 0 where earlier prunings have removed one.</summary>
    /// <exception cref="PruningException">There is none; a criterion that asks for it declares <see cref="PruningNeeds.Gradients"/>.</exception>
    public float[] Gradients()
    {
        Tensor? gradient = _gradients?.Invoke(Name);
        if (gradient?.Shape != Shape)
        {
            throw new PruningException(Name, gradient is null ? "ranking by gradients needs gradients; 'magnitude' needs none" : $"its gradient is {gradient.Shape}, expected {Shape}");
        }

        float[] slopes = gradient.To(ElementType.Float32).Read<float>().ToArray();
        ReadOnlySpan<float> mask = _parameter.Mask is null ? [] : _parameter.Mask.To(ElementType.Float32).Read<float>();
        for (int i = 0; i < mask.Length; i++)
        {
            slopes[i] = mask[i] == 0 ? 0 : slopes[i];
        }

        return slopes;
    }

    /// <summary>The norm of each unit.</summary>
    /// <param name="values">A value for each weight.</param>
    /// <param name="norms">A place for each unit, overwritten.</param>
    /// <param name="order">The n of the Lₙ norm, or <see langword="null"/> for that of the request. Of units of one weight every norm is the magnitude.</param>
    /// <exception cref="PruningException">There is no norm of that order.</exception>
    public void Norms(ReadOnlySpan<float> values, Span<float> norms, double? order = null)
    {
        double n = order ?? _request.Norm;
        if (!(n > 0))
        {
            throw new PruningException(Name, $"there is no norm of order {n}; 1, 2 or infinity would work");
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
