using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>From exact sums to 8-bit numbers, with the addition of a residual between two roundings: the same bits by plain code, 128 and 512 bits.</summary>
internal static unsafe class RequantizedRow
{
    private const int Channels = SumShape.Outputs;

    /// <summary>One number after the other, as <see cref="Requantization"/> and <see cref="ResidualAddition"/> say.</summary>
    internal static void Plain(RowArguments* row)
    {
        for (nint i = 0; i < row->Pixels * Channels; i++)
        {
            (nint pixel, nint channel) = Math.DivRem(i, Channels);
            float value = row->Sums[(pixel * row->SumStride) + channel] * row->Multipliers[channel];
            row->Output[i] = row->Residual == null
                ? row->Own.Round(value)
                : row->Addition.Add(row->Own.RoundedOf(value), row->Residual[i] - row->Addition.ResidualZeroPoint);
        }
    }

    /// <summary>Four channels at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of128Bits(RowArguments* row)
    {
        for (nint pixel = 0; pixel < row->Pixels; pixel++)
        {
            int* sums = row->Sums + (pixel * row->SumStride);
            Vector128<uint> a = Four(row, sums, pixel, 0), b = Four(row, sums, pixel, 4), c = Four(row, sums, pixel, 8), d = Four(row, sums, pixel, 12);
            Vector128<byte> bytes = Vector128.Narrow(
                Vector128.Narrow(a, b), Vector128.Narrow(c, d));
            Vector128.Store(bytes, row->Output + (pixel * Channels));
        }
    }

    /// <summary>Sixteen channels at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of512Bits(RowArguments* row)
    {
        Vector512<float> multipliers = Vector512.Load(row->Multipliers);
        Vector512<float> low = Vector512.Create(row->Own.Low), high = Vector512.Create(row->Own.High);
        ResidualAddition addition = row->Addition;
        int* sums = row->Sums;
        byte* output = row->Output;
        for (nint pixel = 0; pixel < row->Pixels; pixel++, sums += row->SumStride, output += Channels)
        {
            Vector512<int> rounded = Rounded(Avx512F.ConvertToVector512Single(Vector512.Load(sums)) * multipliers, low, high);
            if (row->Residual == null)
            {
                Store(rounded + Vector512.Create(row->Own.ZeroPoint), output);
                continue;
            }

            Vector512<int> residual = Avx512F.ConvertToVector512Int32(Vector128.Load(row->Residual + (pixel * Channels)))
                - Vector512.Create(addition.ResidualZeroPoint);
            Vector512<float> first = Avx512F.ConvertToVector512Single(rounded) * Vector512.Create(addition.OwnMultiplier);
            Vector512<float> second = Avx512F.ConvertToVector512Single(residual) * Vector512.Create(addition.ResidualMultiplier);
            Vector512<int> sum = Rounded(
                first + second, Vector512.Create(addition.Output.Low), Vector512.Create(addition.Output.High));
            Store(sum + Vector512.Create(addition.Output.ZeroPoint), output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(Vector512<float> value, Vector512<float> low, Vector512<float> high) =>
        Avx512F.ConvertToVector512Int32(Avx512F.Min(Avx512F.Max(value, low), high)); // half to even

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> bytes, byte* to) => Vector128.Store(Avx512F.ConvertToVector128Byte(bytes), to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(RowArguments* row, int* sums, nint pixel, int channel)
    {
        Vector128<float> value = Vector128.ConvertToSingle(Vector128.Load(sums + channel))
            * Vector128.Load(row->Multipliers + channel);
        Vector128<int> rounded = Rounded(value, row->Own);
        if (row->Residual == null)
        {
            return (rounded + Vector128.Create(row->Own.ZeroPoint)).AsUInt32();
        }

        byte* from = row->Residual + (pixel * Channels) + channel;
        Vector128<int> residual = Vector128.Create(from[0], from[1], from[2], from[3])
            - Vector128.Create(row->Addition.ResidualZeroPoint);
        Vector128<float> first = Vector128.ConvertToSingle(rounded) * Vector128.Create(row->Addition.OwnMultiplier);
        Vector128<float> second = Vector128.ConvertToSingle(residual) * Vector128.Create(row->Addition.ResidualMultiplier);
        return (Rounded(first + second, row->Addition.Output) + Vector128.Create(row->Addition.Output.ZeroPoint)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Rounded(Vector128<float> value, Requantization to)
    {
        Vector128<float> clamped = Vector128.MinNative(
            Vector128.MaxNative(value, Vector128.Create(to.Low)), Vector128.Create(to.High));
        return Vector128.ConvertToInt32Native(Vector128.Round(clamped)); // half to even
    }
}
