namespace Espalier.Kernels;

/// <summary>The end of an <see cref="EmittedSumTile"/>: from exact sums to 8-bit numbers in registers, as <see cref="RequantizedRow"/> says.</summary>
/// <remarks>
/// Packing saturates, which is the clamp to 8 bits; other limits are compared in float. Registers: rcx output, r8 bytes to the second run, rdx residual, r9 bytes to its second run, r10 multipliers;
/// zmm28 multipliers, zmm29 zero points, zmm30 transposition, zmm31 residual, and zmm27 the transposition of bytes where lanes are not channels.
/// </remarks>
internal static class EmittedRequantization
{
    private const int Multipliers = 28;
    private const int ZeroPoints = 29;
    private const int Transposition = 30;
    private const int Residual = 31;
    private const int ByteTransposition = 27;
    private const int PackedPixels = 4;

    /// <summary>Requantizes and stores the sums of all pixels and vectors.</summary>
    internal static void Finish(X64Assembler code, SumShape shape, SumFinish finish)
    {
        EmittedSumTile.LoadPlaces(code, (X64Register.Rcx, X64Register.R8), SumArguments.OutputOffset, SumArguments.OutputOfTile);
        if (finish.AddsResidual)
        {
            EmittedSumTile.LoadPlaces(code, (X64Register.Rdx, X64Register.R9), SumArguments.ResidualOffset, SumArguments.ResidualOfTile);
        }

        code.Load(X64Register.R10, Argument(SumArguments.MultipliersOffset));
        code.BroadcastInt16(ZeroPoints, Argument(SumArguments.ZeroPointOffset));
        code.WidenBytes(Transposition, Argument(SumArguments.TranspositionOffset));
        for (int vector = 0; vector < shape.Vectors; vector++)
        {
            if (vector > 0)
            {
                code.Add(X64Register.Rcx, Argument(SumArguments.OutputBlockStrideOffset));
                if (finish.AddsResidual)
                {
                    code.Add(X64Register.Rdx, Argument(SumArguments.ResidualBlockStrideOffset));
                }
            }

            code.LoadVector(Multipliers, new X64Memory(X64Register.R10, vector * SumShape.Outputs * sizeof(float)));
            if (shape.Pattern == SumPattern.GroupQuads)
            {
                code.PermuteInt32(Multipliers, Transposition, Multipliers);
                code.BroadcastVector128(ByteTransposition, Argument(SumArguments.TranspositionOffset));
            }

            for (int pixel = 0; pixel < shape.Width; pixel += PackedPixelsFrom(shape, pixel))
            {
                FinishPixels(code, shape, finish, vector, pixel, PackedPixelsFrom(shape, pixel));
            }
        }
    }

    /// <summary>Up to four pixels of the same run.</summary>
    private static int PackedPixelsFrom(SumShape shape, int pixel) => Math.Min(PackedPixels, (pixel < shape.FirstRun ? shape.FirstRun : shape.Width) - pixel);

    private static void FinishPixels(X64Assembler code, SumShape shape, SumFinish finish, int vector, int first, int count)
    {
        for (int pixel = first; pixel < first + count; pixel++)
        {
            Round(code, shape, finish, Sum(pixel), Place(shape, pixel, X64Register.Rdx, X64Register.R9));
        }

        // Each quarter of the result has four channels of each pixel, and each quarter of its transposition all channels of one.
        int a = Sum(first), b = Sum(first + Math.Min(1, count - 1)), c = Sum(first + Math.Min(2, count - 1)), d = Sum(first + count - 1);
        Pack(code, a, b);
        if (count > 2)
        {
            Pack(code, c, d);
        }

        code.PackInt16(a, a, count > 2 ? c : a);
        code.PermuteInt32(a, Transposition, a);
        if (shape.Pattern == SumPattern.GroupQuads)
        {
            code.ShuffleBytes(a, a, ByteTransposition);
        }

        Store(code, Place(shape, first, X64Register.Rcx, X64Register.R8), a, count);

        int Sum(int pixel) => (pixel * shape.Vectors) + vector;
    }

    /// <summary>Sums become rounded and clamped values.</summary>
    private static void Round(X64Assembler code, SumShape shape, SumFinish finish, int sum, X64Memory residual)
    {
        code.ConvertToSingle(sum, sum);
        code.MultiplySingles(sum, sum, Multipliers);
        if (finish.AddsResidual)
        {
            code.WidenBytes(Residual, residual);
            if (shape.Pattern == SumPattern.GroupQuads)
            {
                code.PermuteInt32(Residual, Transposition, Residual);
            }

            code.ConvertToSingle(Residual, Residual);
            code.SubtractSingles(Residual, Residual, Argument(SumArguments.ResidualZeroPointOffset)); // exact
            code.MultiplySingles(Residual, Residual, Argument(SumArguments.ResidualMultiplierOffset));
            code.AddSingles(sum, sum, Residual);
        }

        if (finish.ClampsLow)
        {
            code.MaxSingles(sum, sum, Argument(SumArguments.LowOffset));
        }

        if (finish.ClampsHigh)
        {
            code.MinSingles(sum, sum, Argument(SumArguments.HighOffset));
        }

        code.ConvertToInt32(sum, sum);
    }

    private static void Pack(X64Assembler code, int a, int b)
    {
        code.PackInt32(a, a, b);
        code.AddInt16(a, a, ZeroPoints);
    }

    private static void Store(X64Assembler code, X64Memory to, int pixels, int count)
    {
        switch (count)
        {
            case 1:
                code.StoreVector128(to, pixels);
                break;
            case 4:
                code.StoreVector(to, pixels);
                break;
            default:
                code.StoreVector256(to, pixels);
                if (count == 3)
                {
                    code.StoreQuarter(to with { Displacement = to.Displacement + (2 * SumShape.Outputs) }, pixels, 2);
                }

                break;
        }
    }

    private static X64Memory Place(SumShape shape, int pixel, X64Register map, X64Register toSecondRun) => pixel < shape.FirstRun
        ? new X64Memory(map, pixel * SumShape.Outputs)
        : new X64Memory(map, (pixel - shape.FirstRun) * SumShape.Outputs, toSecondRun);

    private static X64Memory Argument(int offset) => EmittedSumTile.Argument(offset);
}
