using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>256 bits, <c>vpmaddwd</c> on pairs of 16-bit numbers: two partial sums for each of 4 outputs.</summary>
internal unsafe struct Dot256(Vector256<int> value) : IDot<Dot256>
{
    private Vector256<int> _value = value;

    public static int Outputs => 4;

    public static int Pixels => 3;

    public static bool SignsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Bias(int* from) => new(Avx2.ConvertToVector256Int64(Vector128.Load((uint*)from)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Input(byte* from) => new(Avx2.ConvertToVector256Int16(Vector128.Create(*(int*)from).AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Weights(sbyte* from) => new(Avx2.ConvertToVector256Int16(Vector128.Load(from)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts(ref Dot256 sum, Dot256 input, Dot256 weights) =>
        sum._value += Avx2.MultiplyAddAdjacent(input._value.AsInt16(), weights._value.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, Dot256 sum)
    {
        Vector256<int> pairs = sum._value + (sum._value.AsUInt64() >>> 32).AsInt32();
        Vector128<int> sums = Avx2.PermuteVar8x32(pairs, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
        Vector128.Store(sums, to);
    }
}
