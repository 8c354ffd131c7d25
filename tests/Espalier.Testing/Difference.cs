using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>How far two float tensors are apart.</summary>
public static class Difference
{
    /// <summary>The greatest difference, relative to the greatest expected number; infinite where one is NaN or infinite and the other is not the same.</summary>
    public static double Relative(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        ReadOnlySpan<float> wanted = expected.Read<float>();
        ReadOnlySpan<float> found = actual.Read<float>();
        double greatest = 0;
        double difference = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].Equals(found[i]))
            {
                greatest = float.IsFinite(wanted[i]) ? Math.Max(greatest, Math.Abs((double)wanted[i])) : greatest;
                continue;
            }

            double apart = Math.Abs((double)wanted[i] - found[i]);
            difference = Math.Max(difference, double.IsFinite(apart) ? apart : double.PositiveInfinity);
            greatest = Math.Max(greatest, Math.Abs((double)wanted[i]));
        }

        return difference == 0 ? 0 : difference / greatest;
    }
}
