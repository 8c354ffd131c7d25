using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The distribution that a parameter is initialized from.</summary>
internal readonly record struct Distribution
{
    private readonly Kind _kind;
    private readonly double _scale;

    private Distribution(Kind kind, double scale) => (_kind, _scale) = (kind, scale);

    private enum Kind
    {
        Constant,
        Uniform,
        Normal,
        Identity,
    }

    internal static Distribution Zero => default;

    internal static Distribution One => new(Kind.Constant, 1);

    /// <summary>The same value for every element.</summary>
    internal static Distribution Constant(double value) => value == 0 ? Zero : new(Kind.Constant, value);

    /// <summary>The identity as a 1x1 kernel: 1 if the input and output channel are the same, otherwise 0, within groups of <paramref name="inputs"/> channels.</summary>
    internal static Distribution Identity(long inputs) => new(Kind.Identity, inputs);

    /// <summary>Uniform between −<paramref name="bound"/> and <paramref name="bound"/>.</summary>
    internal static Distribution Uniform(double bound) => new(Kind.Uniform, bound);

    /// <summary>Normal with mean 0.</summary>
    internal static Distribution Normal(double standardDeviation) => new(Kind.Normal, standardDeviation);

    /// <summary>Fills <paramref name="values"/> with the elements of the parameter from index <paramref name="start"/>, which must be even, computed from a random stream.</summary>
    internal void Fill(Span<float> values, CounterRandom random, ulong start)
    {
        switch (_kind)
        {
            case Kind.Constant:
                values.Fill((float)_scale);
                break;
            case Kind.Uniform:
                FillUniform(values, random, start);
                break;
            case Kind.Identity:
                FillIdentity(values, (long)_scale, (long)start);
                break;
            default:
                FillNormal(values, random, start);
                break;
        }
    }

    private static void FillIdentity(Span<float> values, long inputs, long start)
    {
        for (int i = 0; i < values.Length; i++)
        {
            (long output, long input) = Math.DivRem(start + i, inputs);
            values[i] = output % inputs == input ? 1 : 0;
        }
    }

    private void FillUniform(Span<float> values, CounterRandom random, ulong start)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.Uniform(start + (ulong)i, -_scale, _scale);
        }
    }

    /// <summary>Box–Muller transform (1958): two uniform values give two independent normal ones.</summary>
    private void FillNormal(Span<float> values, CounterRandom random, ulong start)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = _scale * Math.Sqrt(-2 * Math.Log(1 - random.Uniform(start + (ulong)i))); // 1 − u is in (0, 1], so its logarithm is finite
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.Uniform(start + (ulong)i + 1));
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }
    }
}
