using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The sequence of random numbers of one image.</summary>
internal struct Draws(CounterRandom random)
{
    private const int Attempts = 16; // each fails with probability 1 − π/4
    private ulong _next;

    /// <summary>Random numbers for pixels, independent of those of the scene.</summary>
    internal readonly CounterRandom Pixels => random.Stream("pixels");

    internal float Uniform(float low, float high) => (float)random.Uniform(_next++, low, high);

    internal int Below(int bound) => (int)random.Below(_next++, bound);

    internal Colour Colour() => new(Uniform(0, 255), Uniform(0, 255), Uniform(0, 255));

    /// <summary>A random direction as (cosine, sine), computed without functions that round differently on different machines.</summary>
    internal (float X, float Y) Direction()
    {
        for (int i = 0; i < Attempts; i++)
        {
            float x = Uniform(-1, 1), y = Uniform(-1, 1), square = (x * x) + (y * y);
            if (square is > 0.01f and <= 1)
            {
                float length = MathF.Sqrt(square);
                return (x / length, y / length);
            }
        }

        return (1, 0);
    }
}
