using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Espalier.Kernels;

/// <summary>128 bits, Arm's <c>sdot</c>: one sum for each of 4 outputs. Both factors are signed, so the input is x − 128.</summary>
internal unsafe struct DotArm(Vector128<int> value) : IDot<DotArm>
{
    private Vector128<int> _value = value;

    public static int Outputs => 4;

    public static int Pixels => 6;

    public static bool SignsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Bias(int* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Input(byte* from) => new(Vector128.Create(*(int*)from ^ unchecked((int)0x80808080)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Weights(sbyte* from) => new(Vector128.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts(ref DotArm sum, DotArm input, DotArm weights) =>
        sum._value = Dp.DotProduct(sum._value, input._value.AsSByte(), weights._value.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, DotArm sum) => Vector128.Store(sum._value, to);
}
