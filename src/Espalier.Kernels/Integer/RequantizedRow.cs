using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>From exact sums to 8-bit numbers, a residual added before the last rounding: the same bits by plain code, 128 and 512 bits.</summary>
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
            row->Output[i] = row->To.Round(row->Residual == null ? value : row->Addition.Add(value, row->Residual[i]));
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
            Vector128.Store(Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d)), row->Output + (pixel * Channels));
        }
    }

    /// <summary>Sixteen channels at a time, and four pixels where there are that many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of512Bits(RowArguments* row)
    {
        Vector512<float> multipliers = Vector512.Load(row->Multipliers);
        Vector512<float> low = Vector512.Create(row->To.Low), high = Vector512.Create(row->To.High);
        Vector512<int> zeroPoint = Vector512.Create(row->To.ZeroPoint);
        int* sums = row->Sums;
        byte* output = row->Output;
        nint stride = row->SumStride;
        byte* residual = row->Residual;
        byte* end = output + (row->Pixels * Channels);
        if (residual != null)
        {
            Vector512<float> residualMultiplier = Vector512.Create(row->Addition.Multiplier);
            Vector512<int> residualZeroPoint = Vector512.Create(row->Addition.ZeroPoint);
            OwnRounding own = row->Addition.Own.GetValueOrDefault();
            bool roundsFirst = row->Addition.Own.HasValue;
            Vector512<float> ownLow = Vector512.Create(own.To.Low), ownHigh = Vector512.Create(own.To.High), ownMultiplier = Vector512.Create(own.Multiplier);
            for (; output < end; output += Channels, residual += Channels, sums += stride)
            {
                Vector512<int> other = Avx512F.ConvertToVector512Int32(Vector128.Load(residual)) - residualZeroPoint;
                Vector512<float> product = Avx512F.ConvertToVector512Single(other) * residualMultiplier;
                Vector512<float> value = Value(sums, multipliers);
                if (roundsFirst)
                {
                    value = Avx512F.ConvertToVector512Single(Rounded(value, ownLow, ownHigh)) * ownMultiplier;
                }

                Store(Rounded(value + product, low, high) + zeroPoint, output);
            }

            return;
        }

        // Packing puts the numbers of each 128 bits of four vectors beside each other: four of every pixel, then the next four.
        Vector512<int> pixelsTogether = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Vector512<short> zeroPoints = Vector512.Create((short)row->To.ZeroPoint);
        for (; output + (4 * Channels) <= end; output += 4 * Channels, sums += 4 * stride)
        {
            Vector512<short> first = Avx512BW.PackSignedSaturate(Rounded(sums, multipliers, low, high), Rounded(sums + stride, multipliers, low, high));
            Vector512<short> second = Avx512BW.PackSignedSaturate(Rounded(sums + (2 * stride), multipliers, low, high), Rounded(sums + (3 * stride), multipliers, low, high));
            Vector512<byte> packed = Avx512BW.PackUnsignedSaturate(first + zeroPoints, second + zeroPoints);
            Vector512.Store(Avx512F.PermuteVar16x32(packed.AsInt32(), pixelsTogether).AsByte(), output);
        }

        for (; output < end; output += Channels, sums += stride)
        {
            Store(Rounded(sums, multipliers, low, high) + zeroPoint, output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(int* sums, Vector512<float> multipliers, Vector512<float> low, Vector512<float> high) => Rounded(Value(sums, multipliers), low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Value(int* sums, Vector512<float> multipliers) => Avx512F.ConvertToVector512Single(Vector512.Load(sums)) * multipliers;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Rounded(Vector512<float> value, Vector512<float> low, Vector512<float> high) =>
        Avx512F.ConvertToVector512Int32(Avx512F.Min(Avx512F.Max(value, low), high)); // half to even

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> bytes, byte* to) => Vector128.Store(Avx512F.ConvertToVector128Byte(bytes), to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(RowArguments* row, int* sums, nint pixel, int channel)
    {
        Vector128<float> value = Vector128.ConvertToSingle(Vector128.Load(sums + channel)) * Vector128.Load(row->Multipliers + channel);
        if (row->Residual != null)
        {
            byte* from = row->Residual + (pixel * Channels) + channel;
            Vector128<int> residual = Vector128.Create(from[0], from[1], from[2], from[3]) - Vector128.Create(row->Addition.ZeroPoint);
            Vector128<float> product = Vector128.ConvertToSingle(residual) * Vector128.Create(row->Addition.Multiplier);
            if (row->Addition.Own is { } own)
            {
                value = Vector128.ConvertToSingle(Rounded(value, own.To)) * Vector128.Create(own.Multiplier);
            }

            value += product;
        }

        return (Rounded(value, row->To) + Vector128.Create(row->To.ZeroPoint)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Rounded(Vector128<float> value, Requantization to)
    {
        Vector128<float> clamped = Vector128.MinNative(Vector128.MaxNative(value, Vector128.Create(to.Low)), Vector128.Create(to.High));
        return Vector128.ConvertToInt32Native(Vector128.Round(clamped)); // half to even
    }
}
