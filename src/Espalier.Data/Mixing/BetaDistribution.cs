using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Random numbers from Beta(a, a).</summary>
internal static class BetaDistribution
{
    /// <summary>A random number from 0 to 1; 1 if <paramref name="alpha"/> is 0.</summary>
    internal static double Sample(double alpha, CounterRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        if (alpha == 0)
        {
            return 1;
        }

        // In logarithms: for small alpha both gammas can underflow.
        double first = LogGamma(alpha, random.Stream(0)), second = LogGamma(alpha, random.Stream(1));
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>
    /// The logarithm of a random number from Gamma(a): the squeeze-free form of Marsaglia and Tsang ("A simple method for generating gamma variables",
    /// ACM TOMS 2000), reduced to a + 1 as in their section 6.
    /// </summary>
    private static double LogGamma(double a, CounterRandom random)
    {
        CounterRandom normals = random.Stream("normal"), uniforms = random.Stream("uniform");
        double d = a + 1 - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        for (ulong i = 1; ; i++)
        {
            double x = normals.Normal(i), root = 1 + (c * x), v = root * root * root;
            if (v > 0 && Math.Log(1 - uniforms.Uniform(i)) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v) + (Math.Log(1 - uniforms.Uniform(0)) / a);
            }
        }
    }
}
