namespace Espalier.Tensors;

/// <summary>Random numbers as a pure function of (seed, stream, index): any of them can be computed without the previous ones, on any thread.</summary>
/// <remarks>
/// The 64-bit finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014)
/// over a Weyl sequence. A stream is usually named after a parameter, so that adding a layer does not change the random numbers of other layers.
/// </remarks>
public readonly struct CounterRandom : IEquatable<CounterRandom>
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15; // 2⁶⁴/φ, odd: the increment of SplitMix64
    private readonly ulong _key;

    /// <summary>Stream 0 of <paramref name="seed"/>.</summary>
    public CounterRandom(ulong seed) => _key = Mix(seed + GoldenGamma);

    private CounterRandom(ulong key, bool _) => _key = key;

    /// <summary>An independent stream for each <paramref name="name"/> (FNV-1a over its UTF-16 code units).</summary>
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

    /// <summary>An independent stream for each <paramref name="index"/>.</summary>
    public CounterRandom Stream(ulong index) => new(Mix(_key ^ Mix(index + GoldenGamma)), true);

    /// <summary>The 64 random bits at <paramref name="index"/>.</summary>
    public ulong Bits(ulong index) => Mix(_key + ((index + 1) * GoldenGamma));

    /// <summary>A uniform random number in [0, 1) with 53 random bits.</summary>
    public double Uniform(ulong index) => (Bits(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform random number from <paramref name="low"/> to <paramref name="high"/>; the upper bound is reached by rounding only.</summary>
    public double Uniform(ulong index, double low, double high) => low + ((high - low) * Uniform(index));

    /// <summary><see langword="true"/> with the given probability: always for 1, never for 0.</summary>
    /// <remarks>Computed by comparing a uniform random number with the probability.</remarks>
    public bool Bernoulli(ulong index, double probability) => Uniform(index) < probability;

    /// <summary>A uniform random integer in [0, bound), by Lemire's multiply-shift (2019) without rejection; the bias is below bound/2⁶⁴.</summary>
    public long Below(ulong index, long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (long)Math.BigMul(Bits(index), (ulong)bound, out _);
    }

    /// <summary>A standard normal random number (Box and Muller 1958, the cosine branch), independent for each index.</summary>
    /// <remarks>Uses the uniform random numbers at 2·index and 2·index + 1, so use different streams for normal and uniform numbers.</remarks>
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

    /// <summary>Whether both give the same random numbers.</summary>
    public static bool operator ==(CounterRandom left, CounterRandom right) => left.Equals(right);

    /// <summary>Whether they give different random numbers.</summary>
    public static bool operator !=(CounterRandom left, CounterRandom right) => !left.Equals(right);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
