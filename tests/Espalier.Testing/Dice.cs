using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Random choices one after another from a seed, for tests: the same seed always makes the same test.</summary>
public sealed class Dice(ulong seed)
{
    private readonly CounterRandom _random = new(seed);
    private ulong _next;

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both possible.</summary>
    public int Between(int low, int high) => low + (int)_random.Below(_next++, (long)high - low + 1);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => _random.Uniform(_next++) < probability;

    /// <summary>One of several.</summary>
    public T Pick<T>(params ReadOnlySpan<T> among) => among[Between(0, among.Length - 1)];
}
