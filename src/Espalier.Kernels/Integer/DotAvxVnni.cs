using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>256 bits, <c>vpdpbusd ymm</c> (AVX-VNNI): one sum for each of 8 outputs.</summary>
internal unsafe struct DotAvxVnni(Vector256<int> value) : IDot<DotAvxVnni>
{
    private Vector256<int> _value = value;

    public static int Outputs => 8;

    public static int Pixels => 3;

    public static bool SignsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotAvxVnni Bias(int* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotAvxVnni Input(byte* from) => new(Vector256.Create(*(int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotAvxVnni Weights(sbyte* from) => new(Vector256.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts(ref DotAvxVnni sum, DotAvxVnni input, DotAvxVnni weights) =>
        sum._value = AvxVnni.MultiplyWideningAndAdd(sum._value, input._value.AsByte(), weights._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, DotAvxVnni sum) => Vector256.Store(sum._value, to);
}
