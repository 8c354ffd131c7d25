namespace Espalier.Tensors;

/// <summary>Random numbers as a pure function of (seed, stream, index): any number can be had without the ones before it, on any thread.</summary>
/// <remarks>
/// The 64-bit finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014)
/// over a Weyl sequence. A stream is usually named after a parameter, so that adding a layer leaves every other layer's numbers alone.
/// </remarks>
public readonly struct CounterRandom : IEquatable<CounterRandom>
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15; // 2⁶⁴/φ, odd: the increment of SplitMix64
    private readonly ulong _key;

    /// <summary>The numbers of stream 0 of <paramref name="seed"/>.</summary>
    public CounterRandom(ulong seed) => _key = Mix(seed + GoldenGamma);

    private CounterRandom(ulong key, bool _) => _key = key;

    /// <summary>An independent sequence for each <paramref name="name"/> (FNV-1a over its UTF-16 code units).</summary>
    public CounterRandom Stream(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong hash = 0xCBF29CE484222325; // FNV-1a 64-bit offset basis
        foreach (char unit in name)
        {
            hash = (hash ^ unit) * 0x100000001B3; // FNV-1a 64-bit prime
        }

        return new CounterRandom(Mix(_key ^ hash), true);
    }

    /// <summary>An independent sequence for each <paramref name="index"/>.</summary>
    public CounterRandom Stream(ulong index) => new(Mix(_key ^ Mix(index + GoldenGamma)), true);

    /// <summary>64 random bits at <paramref name="index"/>.</summary>
    public ulong Bits(ulong index) => Mix(_key + ((index + 1) * GoldenGamma));

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Uniform(ulong index) => (Bits(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from low up to high, which only rounding can reach.</summary>
    public double Uniform(ulong index, double low, double high) => low + ((high - low) * Uniform(index));

    /// <summary>True with a probability: 1 always, 0 never.</summary>
    /// <remarks>A comparison with a uniform number. To test the uniform number itself for truth would be true always: it is hardly ever zero.</remarks>
    public bool Bernoulli(ulong index, double probability) => Uniform(index) < probability;

    /// <summary>A whole number in [0, bound), by the multiply-shift of Lemire (2019) without rejection: biased by less than bound/2⁶⁴.</summary>
    public long Below(ulong index, long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (long)Math.BigMul(Bits(index), (ulong)bound, out _);
    }

    /// <summary>A standard normal number (Box and Muller 1958, the cosine branch; each index is independent of its neighbours).</summary>
    /// <remarks>Reads the uniform numbers 2·index and 2·index + 1: give normal and uniform numbers streams of their own.</remarks>
    public double Normal(ulong index)
    {
        double radius = 1.0 - Uniform(2 * index); // (0, 1]: the logarithm is finite
        double angle = Uniform((2 * index) + 1);
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <inheritdoc/>
    public bool Equals(CounterRandom other) => _key == other._key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CounterRandom other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _key.GetHashCode();

    /// <summary>Whether both yield the same numbers.</summary>
    public static bool operator ==(CounterRandom left, CounterRandom right) => left.Equals(right);

    /// <summary>Whether they yield different numbers.</summary>
    public static bool operator !=(CounterRandom left, CounterRandom right) => !left.Equals(right);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
