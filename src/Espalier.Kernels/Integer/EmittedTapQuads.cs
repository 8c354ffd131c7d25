namespace Espalier.Kernels;

/// <summary>The sums of an <see cref="EmittedSumTile"/> by <see cref="SumPattern.TapQuads"/>: four adjacent pixels of 16 channels are loaded and transposed, so that each lane has four columns of one channel.</summary>
/// <remarks>
/// At stride 1 the same pixels serve several outputs, whose weights are shifted. Pixels behind the last one that is needed are masked: nothing outside the map is touched.
/// Registers: zmm0–13 sums, zmm14–21 weights of a row, zmm22 and zmm23 transpositions, zmm24–27 inputs; k1–k3 masks of as many pixels.
/// </remarks>
internal static class EmittedTapQuads
{
    private const int FirstWeights = 14;
    private const int Transposition = 22;
    private const int ByteTransposition = 23;
    private const int FirstInput = 24;
    private const int Inputs = 4;

    /// <summary>Sets the registers that all tiles share.</summary>
    internal static void Prepare(X64Assembler code)
    {
        code.WidenBytes(Transposition, EmittedSumTile.Argument(SumArguments.TranspositionOffset));
        code.BroadcastVector128(ByteTransposition, EmittedSumTile.Argument(SumArguments.TranspositionOffset));
        for (int pixels = 1; pixels < SumShape.TapQuadColumns; pixels++)
        {
            code.Move(X64Register.Rdx, (1 << (pixels * 4)) - 1); // four lanes of 32 bits are a pixel
            code.MoveMask(pixels, X64Register.Rdx);
        }
    }

    /// <summary>All rows of the kernel.</summary>
    internal static void AddRows(X64Assembler code, SumShape shape)
    {
        code.Load(X64Register.R10, EmittedSumTile.Argument(SumArguments.KernelHeightOffset));
        int nextRow = code.Here;
        int vectors = shape.TapShifts * shape.TapQuads;
        for (int i = 0; i < vectors; i++)
        {
            code.LoadVector(FirstWeights + i, new X64Memory(X64Register.Rdx, i * shape.StepBytes));
        }

        int loads = 0;
        for (int pixel = 0; pixel < shape.Width;)
        {
            int outputs = Math.Min(shape.TapShifts, (pixel < shape.FirstRun ? shape.FirstRun : shape.Width) - pixel);
            for (int quad = 0; quad < shape.TapQuads; quad++)
            {
                AddQuad(code, shape, pixel, outputs, quad, FirstInput + (loads++ % Inputs));
            }

            pixel += outputs;
        }

        code.Add(X64Register.Rdx, vectors * shape.StepBytes);
        code.Add(X64Register.Rcx, EmittedSumTile.Argument(SumArguments.TapRowStrideOffset));
        code.Subtract(X64Register.R10, 1);
        code.JumpIfNotZero(nextRow);
    }

    /// <summary>Four pixels, or what is left of those that the outputs read, for all outputs.</summary>
    private static void AddQuad(X64Assembler code, SumShape shape, int pixel, int outputs, int quad, int input)
    {
        int pixels = shape.KernelWidth + outputs - 1 - (quad * SumShape.TapQuadColumns); // at least one: a quad has a column of the kernel
        X64Memory from = EmittedSteps.Pixel(shape, pixel, quad * SumShape.TapQuadColumns * SumShape.Outputs);
        if (pixels < SumShape.TapQuadColumns)
        {
            code.LoadVector(input, from, mask: pixels);
        }
        else
        {
            code.LoadVector(input, from);
        }

        code.PermuteInt32(input, Transposition, input);
        code.ShuffleBytes(input, input, ByteTransposition);
        for (int output = 0; output < outputs; output++)
        {
            code.AddProductsOfBytes(pixel + output, input, FirstWeights + (output * shape.TapQuads) + quad);
        }
    }
}
