using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>Memory between two zones of NaN: what reads beyond it computes NaN, what writes beyond it is found out.</summary>
internal sealed class GuardedBuffer
{
    // A quiet NaN with a payload, so that a NaN that a kernel wrote is not taken for the poison.
    internal const uint Poison = 0x7FD15EA5;
    private const int Guard = 64; // floats: four of the widest vectors
    private readonly Memory<float> _memory;

    internal GuardedBuffer(int length)
    {
        _memory = AlignedMemory.Allocate<float>(length + (2 * Guard));
        Bits(_memory).Fill(Poison);
    }

    internal Span<float> Span => _memory.Span[Guard..^Guard];

    internal static bool IsPoison(float value) => BitConverter.SingleToUInt32Bits(value) == Poison;

    internal void AssertGuardsAreIntact(string what)
    {
        Assert.True(Bits(_memory[..Guard]).IndexOfAnyExcept(Poison) < 0, $"{what}: wrote in front of the buffer");
        Assert.True(Bits(_memory[^Guard..]).IndexOfAnyExcept(Poison) < 0, $"{what}: wrote behind the buffer");
    }

    private static Span<uint> Bits(Memory<float> memory) => MemoryMarshal.Cast<float, uint>(memory.Span);
}
