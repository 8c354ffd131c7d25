using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>What numbers are drawn from.</summary>
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

    /// <summary>The same number everywhere.</summary>
    internal static Distribution Constant(double value) => value == 0 ? Zero : new(Kind.Constant, value);

    /// <summary>1 where a 1x1 kernel's channels in and out are the same, for groups of <paramref name="inputs"/> channels.</summary>
    internal static Distribution Identity(long inputs) => new(Kind.Identity, inputs);

    /// <summary>Between −<paramref name="bound"/> and <paramref name="bound"/>.</summary>
    internal static Distribution Uniform(double bound) => new(Kind.Uniform, bound);

    /// <summary>With mean 0.</summary>
    internal static Distribution Normal(double standardDeviation) => new(Kind.Normal, standardDeviation);

    /// <summary>Fills <paramref name="values"/> with the numbers of a stream from <paramref name="start"/> on, which is even.</summary>
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

    /// <summary>Box and Muller 1958: two uniform numbers make two independent normal ones.</summary>
    private void FillNormal(Span<float> values, CounterRandom random, ulong start)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = _scale * Math.Sqrt(-2 * Math.Log(1 - random.Uniform(start + (ulong)i))); // 1 − u is in (0, 1]: its logarithm is finite
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.Uniform(start + (ulong)i + 1));
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }
    }
}
