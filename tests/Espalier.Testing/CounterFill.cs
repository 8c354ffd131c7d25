using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Parameters and inputs from a formula, so that C# and PyTorch hold the same network without sharing a file.</summary>
/// <remarks>
/// <c>tests/oracle/counter_fill.py</c> is the same formula in Python; <see cref="CounterRandom"/> seed 1, one stream for each name,
/// u = Uniform(i) for element i in row-major order, computed in double and rounded to float once:
/// <list type="bullet">
/// <item><c>*.running_var</c>: 0.5 + u; <c>*.running_mean</c> and <c>*.bias</c>: −0.1 + 0.2u; <c>*.num_batches_tracked</c>: 0;</item>
/// <item>rank 1 otherwise (a norm's weight): 0.5 + 0.6u, which keeps the sum of 50 residual blocks within float's comfort;</item>
/// <item>any other: −b + 2bu with b = √(6 / fan in), fan in = the product of all extents but the first (He 2015, uniform).</item>
/// </list>
/// Inputs: stream <c>input</c>, −1 + 2u.
/// </remarks>
public static class CounterFill
{
    private static readonly CounterRandom Seed = new(1);

    /// <summary>The tensor that the formula gives the parameter <paramref name="name"/>.</summary>
    public static Tensor Parameter(string name, Shape shape)
    {
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        {
            return Tensor.Zeros(shape, ElementType.Int64);
        }

        double bound = shape.Rank < 2 ? 0 : Math.Sqrt(6.0 / (shape.Count / shape[0]));
        (double low, double width) =
            name.EndsWith("running_var", StringComparison.Ordinal) ? (0.5, 1.0)
            : name.EndsWith("running_mean", StringComparison.Ordinal) || name.EndsWith("bias", StringComparison.Ordinal) ? (-0.1, 0.2)
            : shape.Rank < 2 ? (0.5, 0.6)
            : (-bound, 2 * bound);
        return Stream(name, shape, low, width);
    }

    /// <summary>The input that the formula gives.</summary>
    public static Tensor Input(Shape shape) => Stream("input", shape, -1, 2);

    /// <summary>low + width·u of any stream.</summary>
    public static Tensor Stream(string stream, Shape shape, double low, double width)
    {
        Tensor tensor = Tensor.Zeros(shape);
        Span<float> values = tensor.Write<float>();
        CounterRandom random = Seed.Stream(stream);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(low + (width * random.Uniform((ulong)i)));
        }

        return tensor;
    }
}
