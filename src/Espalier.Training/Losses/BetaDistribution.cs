using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Draws from Beta(α, α), as the share of one of two gamma variates in their sum.</summary>
internal static class BetaDistribution
{
    internal static double Symmetric(double alpha, CounterRandom random)
    {
        double first = Gamma(alpha, random.Stream("first"));
        double second = Gamma(alpha, random.Stream("second"));
        return first + second > 0 ? first / (first + second) : random.Uniform(0) < 0.5 ? 0 : 1; // both underflow where α is tiny: then the share is 0 or 1
    }

    /// <summary>Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. For a shape below 1 it draws for one more and takes that back by a power of a uniform number.</summary>
    private static double Gamma(double shape, CounterRandom random)
    {
        if (shape < 1)
        {
            return Gamma(shape + 1, random) * Math.Pow(1 - random.Stream("power").Uniform(0), 1 / shape);
        }

        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        CounterRandom normals = random.Stream("normal");
        for (ulong i = 0; ; i++) // accepts more than 95 of 100
        {
            double x = normals.Normal(i);
            double v = Math.Pow(1 + (c * x), 3);
            double u = 1 - random.Uniform(i);
            if (v > 0 && Math.Log(u) < (x * x / 2) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }
}
