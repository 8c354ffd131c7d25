using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>Memory between two walls of a NaN with known bits: what reads past an end gets NaN, what writes past an end is found out.</summary>
internal sealed class GuardedBuffer
{
    private const int Wall = 4096; // floats on each side
    private const uint Poison = 0x7FC0_BAD1; // a quiet NaN

    private readonly Memory<float> _all;
    private readonly int _length;

    internal GuardedBuffer(int length)
    {
        _length = length;
        _all = AlignedMemory.Allocate<float>(length + (2 * Wall));
        MemoryMarshal.Cast<float, uint>(_all.Span).Fill(Poison);
    }

    internal Span<float> Span => _all.Span.Slice(Wall, _length);

    internal uint Bits(int index) => BitConverter.SingleToUInt32Bits(Span[index]);

    internal bool IsUntouched(int index) => Bits(index) == Poison;

    internal void AssertWallsStand(string what)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(_all.Span);
        Assert.True(!bits[..Wall].ContainsAnyExcept(Poison), $"wrote before the {what}");
        Assert.True(!bits[(Wall + _length)..].ContainsAnyExcept(Poison), $"wrote past the {what}");
    }
}
