using System.Runtime.InteropServices;

namespace Espalier.Tensors.Tests;

public sealed class AlignedMemoryTests
{
    [Fact]
    public void Memory_of_every_element_size_starts_on_a_cache_line()
    {
        for (int length = 0; length < 200; length++)
        {
            AssertAligned<byte>(length);
            AssertAligned<Half>(length);
            AssertAligned<float>(length);
            AssertAligned<double>(length);
        }
    }

    [Fact]
    public void Memory_is_zeroed_also_where_it_was_used_before()
    {
        for (int round = 0; round < 50; round++)
        {
            Span<int> span = AlignedMemory.Allocate<int>(10_000).Span;
            Assert.Equal(-1, span.IndexOfAnyExcept(0));
            span.Fill(-1);
        }
    }

    [Fact]
    public void Memory_stays_where_it_is_when_the_collector_compacts()
    {
        Memory<float> memory = AlignedMemory.Allocate<float>(100);
        nint before = AddressOf(memory);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(before, AddressOf(memory));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData((long)int.MaxValue)]
    public void A_length_no_array_can_have_is_refused(long length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AlignedMemory.Allocate<byte>(length));

    [Fact]
    public void Elements_that_cannot_be_aligned_are_refused() =>
        Assert.Throws<NotSupportedException>(() => AlignedMemory.Allocate<(int, int, int)>(4));

    private static void AssertAligned<T>(int length) where T : unmanaged
    {
        Memory<T> memory = AlignedMemory.Allocate<T>(length);
        Assert.Equal(length, memory.Length);
        Assert.Equal(0, AddressOf(memory) % AlignedMemory.Alignment);
    }

    private static nint AddressOf<T>(Memory<T> memory)
    {
        Assert.True(MemoryMarshal.TryGetArray(memory, out ArraySegment<T> segment));
        return Marshal.UnsafeAddrOfPinnedArrayElement(segment.Array!, segment.Offset);
    }
}
