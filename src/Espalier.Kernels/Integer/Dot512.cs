using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>512 bits, <c>vpmaddwd</c> on pairs of 16-bit numbers: two partial sums for each of 8 outputs. (<c>vpmaddubsw</c> on bytes would saturate.)</summary>
internal unsafe struct Dot512(Vector512<int> value) : IDot<Dot512>
{
    private Vector512<int> _value = value;

    public static int Outputs => 8;

    public static int Pixels => 6;

    public static bool SignsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Bias(int* from) => new(Avx512F.ConvertToVector512Int64(Vector256.Load((uint*)from)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Input(byte* from) => new(Avx512BW.ConvertToVector512Int16(Vector256.Create(*(int*)from).AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Weights(sbyte* from) => new(Avx512BW.ConvertToVector512Int16(Vector256.Load(from)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts(ref Dot512 sum, Dot512 input, Dot512 weights) =>
        sum._value += Avx512BW.MultiplyAddAdjacent(input._value.AsInt16(), weights._value.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, Dot512 sum)
    {
        Vector512<int> pairs = sum._value + (sum._value.AsUInt64() >>> 32).AsInt32();
        Vector256.Store(Avx512F.ConvertToVector256Int32(pairs.AsInt64()), to);
    }
}
