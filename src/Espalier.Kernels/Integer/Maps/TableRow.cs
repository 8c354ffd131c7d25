using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>Replaces numbers by their entries in a table.</summary>
internal readonly unsafe struct TableRow(byte* table) : IPixelOperation
{
    /// <summary>Numbers in a table.</summary>
    internal const int Entries = 256;

    public void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels) => Run(a, to, pixels * MapRuns.Lanes);

    /// <summary>Replaces <paramref name="count"/> numbers, a multiple of 16; both may be the same memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Run(byte* from, byte* to, nint count)
    {
        if (Avx512Vbmi.IsSupported)
        {
            Permute(from, to, count);
            return;
        }

        byte* entries = table;
        for (nint i = 0; i < count; i += 4)
        {
            (byte a, byte b, byte c, byte d) = (entries[from[i]], entries[from[i + 1]], entries[from[i + 2]], entries[from[i + 3]]);
            (to[i], to[i + 1], to[i + 2], to[i + 3]) = (a, b, c, d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Permute(byte* from, byte* to, nint count)
    {
        Vector512<byte> first = Vector512.Load(table), second = Vector512.Load(table + 64), third = Vector512.Load(table + 128), fourth = Vector512.Load(table + 192);
        nint i = 0;
        for (; i + 64 <= count; i += 64)
        {
            Vector512.Store(Entry(Vector512.Load(from + i), first, second, third, fourth), to + i);
        }

        for (; i < count; i += 16)
        {
            Vector128<byte> numbers = Vector128.Load(from + i);
            Vector128.Store(Entry(numbers.ToVector256Unsafe().ToVector512Unsafe(), first, second, third, fourth).GetLower().GetLower(), to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Entry(Vector512<byte> numbers, Vector512<byte> first, Vector512<byte> second, Vector512<byte> third, Vector512<byte> fourth)
    {
        Vector512<byte> low = Avx512Vbmi.PermuteVar64x8x2(first, numbers, second); // by the seven low bits
        Vector512<byte> high = Avx512Vbmi.PermuteVar64x8x2(third, numbers, fourth);
        return Vector512.ConditionalSelect(Vector512.LessThan(numbers.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high, low);
    }
}
