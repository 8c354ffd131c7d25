namespace Espalier.Kernels;

/// <summary>The end of an <see cref="EmittedSumTile"/>: from exact sums to 8-bit numbers in registers, as <see cref="RequantizedRow"/> says.</summary>
/// <remarks>
/// Packing saturates, which is the clamp to 8 bits; other limits are compared in float. A kernel of one position adds its last block of channels here, a few pixels at a time:
/// the processor computes the sums of the next ones while it requantizes.
/// Registers: r9 output, r10 residual, r11 bytes to the next block of either, rcx, r8 and rdx input, second run and weights of the last block; zmm31 transposition, zmm30 inputs, zmm29 residual, zmm28 weights.
/// </remarks>
internal static class EmittedRequantization
{
    private const int Transposition = 31;
    private const int Residual = 29;
    private const int PackedPixels = 4;

    /// <summary>Requantizes and stores the sums of all pixels and vectors.</summary>
    internal static void Finish(X64Assembler code, SumShape shape, SumFinish finish)
    {
        code.WidenBytes(Transposition, Argument(SumArguments.TranspositionOffset));
        (int First, int End)[] parts = [.. Parts(0, shape.FirstRun), .. Parts(shape.FirstRun, shape.Width)];
        for (int i = 0; i < parts.Length; i++)
        {
            bool isFirst = i == 0;
            (int First, int End) part = parts[i], before = parts[Math.Max(0, i - 1)];
            if (shape.JoinsFinish)
            {
                code.Interleave(() => AddLastBlock(code, shape, part), () => FinishPixels(code, shape, finish, isFirst ? (0, 0) : before));
            }
            else if (!isFirst)
            {
                FinishPixels(code, shape, finish, before);
            }

            if (isFirst || part.First == shape.FirstRun)
            {
                LoadPlaces(code, finish, part.First == 0 ? 0 : sizeof(int));
            }
        }

        FinishPixels(code, shape, finish, parts[^1]);
    }

    private static IEnumerable<(int First, int End)> Parts(int first, int end)
    {
        for (; first < end; first += PackedPixels)
        {
            yield return (first, Math.Min(end, first + PackedPixels));
        }
    }

    /// <summary>The addresses of a run's output and residual.</summary>
    private static void LoadPlaces(X64Assembler code, SumFinish finish, int run)
    {
        code.Load(X64Register.R11, Argument(SumArguments.TileOffset));
        code.LoadInt32(X64Register.R9, new X64Memory(X64Register.R11, SumArguments.OutputOfTile + run));
        code.Add(X64Register.R9, Argument(SumArguments.OutputOffset));
        if (finish.AddsResidual)
        {
            code.LoadInt32(X64Register.R10, new X64Memory(X64Register.R11, SumArguments.ResidualOfTile + run));
            code.Add(X64Register.R10, Argument(SumArguments.ResidualOffset));
        }
    }

    private static void AddLastBlock(X64Assembler code, SumShape shape, (int First, int End) pixels)
    {
        for (int quad = 0; quad < (shape.LastQuads > 0 ? shape.LastQuads : shape.Quads); quad++)
        {
            EmittedSteps.AddToFew(code, shape, quad * SumShape.QuadChannels, quad * shape.StepBytes, pixels);
        }
    }

    private static void FinishPixels(X64Assembler code, SumShape shape, SumFinish finish, (int First, int End) pixels)
    {
        int run = pixels.First < shape.FirstRun ? 0 : shape.FirstRun;
        Scale(code, shape, finish, pixels);
        for (int vector = 0; vector < (pixels.End > pixels.First ? shape.Vectors : 0); vector++)
        {
            if (vector > 0 && finish.AddsResidual)
            {
                code.Load(X64Register.R11, Argument(SumArguments.ResidualBlockStrideOffset));
            }

            for (int pixel = pixels.First; pixel < pixels.End; pixel++)
            {
                Round(code, finish, (pixel * shape.Vectors) + vector, Place(X64Register.R10, pixel));
            }

            int first = PackPixels(code, shape, pixels, vector);
            if (vector > 0)
            {
                code.Load(X64Register.R11, Argument(SumArguments.OutputBlockStrideOffset));
            }

            Store(code, Place(X64Register.R9, pixels.First), first, pixels.End - pixels.First);

            X64Memory Place(X64Register map, int pixel) => new(map, (pixel - run) * SumShape.Outputs, vector > 0 ? X64Register.R11 : null);
        }
    }

    /// <summary>Packs up to four pixels into the register of the first.</summary>
    private static int PackPixels(X64Assembler code, SumShape shape, (int First, int End) pixels, int vector)
    {
        // Each quarter of the result has four channels of each pixel, and each quarter of its transposition all channels of one.
        int a = Sum(0), b = Sum(1), c = Sum(2), d = Sum(3);
        Pack(code, a, b);
        if (c != b)
        {
            Pack(code, c, d);
        }

        code.PackInt16(a, a, c != b ? c : a);
        code.PermuteInt32(a, Transposition, a);
        return a;

        int Sum(int pixel) => (Math.Min(pixels.First + pixel, pixels.End - 1) * shape.Vectors) + vector;
    }

    /// <summary>Sums become multiples of the output's scale. Each step for all of them, so that the next need not wait: the processor looks ahead only so far.</summary>
    private static void Scale(X64Assembler code, SumShape shape, SumFinish finish, (int First, int End) pixels)
    {
        (int first, int end) = (pixels.First * shape.Vectors, pixels.End * shape.Vectors);
        if (shape.Pattern == SumPattern.GroupQuads)
        {
            ForAll(sum => code.PermuteInt32(sum, Transposition, sum)); // from lanes to channels
        }

        ForAll(sum => code.ConvertToSingle(sum, sum));
        ForAll(sum => code.MultiplySingles(sum, sum, Argument(SumArguments.MultipliersOffset + (sum % shape.Vectors * SumShape.Outputs * sizeof(float)))));
        if (finish.RoundsFirst)
        {
            ForAll(sum => code.MaxSingles(sum, sum, Argument(SumArguments.OwnLowOffset)));
            ForAll(sum => code.MinSingles(sum, sum, Argument(SumArguments.OwnHighOffset)));
            ForAll(sum => code.ConvertToInt32(sum, sum));
            ForAll(sum => code.ConvertToSingle(sum, sum));
            ForAll(sum => code.MultiplySinglesByOne(sum, sum, Argument(SumArguments.OwnMultiplierOffset)));
        }

        void ForAll(Action<int> step)
        {
            for (int sum = first; sum < end; sum++)
            {
                step(sum);
            }
        }
    }

    /// <summary>Adds the residual, clamps and rounds.</summary>
    private static void Round(X64Assembler code, SumFinish finish, int sum, X64Memory residual)
    {
        if (finish.AddsResidual)
        {
            code.WidenBytes(Residual, residual);
            code.ConvertToSingle(Residual, Residual);
            code.SubtractSingles(Residual, Residual, Argument(SumArguments.ResidualZeroPointOffset)); // exact
            code.MultiplySinglesByOne(Residual, Residual, Argument(SumArguments.ResidualMultiplierOffset));
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
        code.AddInt16(a, a, Argument(SumArguments.ZeroPointsOffset));
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

    private static X64Memory Argument(int offset) => EmittedSumTile.Argument(offset);
}
