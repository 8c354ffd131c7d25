namespace Espalier.Kernels;

/// <summary>The steps of an <see cref="EmittedSumTile"/>: four input channels at one kernel position, or as many for each output.</summary>
internal static class EmittedSteps
{
    /// <summary>The most vectors of weights that <see cref="AddGroups"/> has in registers.</summary>
    internal const int GroupWeights = 12;

    private const int FirstWeights = 28;
    private const int Input = 30;
    private const int FirstWordWeights = 24;
    private const int EvenInputs = 28;
    private const int OddInputs = 29;
    private const int FirstProducts = 30;
    private const int FirstGroupWeights = 14;
    private const int GroupInput = 26;

    /// <summary>Four input channels at one kernel position: for each pixel 4 bytes in all lanes, times the weights of each vector.</summary>
    /// <param name="code">Code.</param>
    /// <param name="shape">What it is for.</param>
    /// <param name="input">Bytes from the first pixel's input.</param>
    /// <param name="weights">Bytes from the weights' register.</param>
    internal static void Add(X64Assembler code, SumShape shape, int input, int weights)
    {
        if (shape.Pattern == SumPattern.WordQuads)
        {
            AddWords(code, shape, input, weights);
            return;
        }

        for (int vector = 0; vector < shape.Vectors; vector++)
        {
            code.LoadVector(FirstWeights + vector, new X64Memory(X64Register.Rdx, weights + (vector * SumShape.Outputs * SumShape.QuadChannels)));
        }

        for (int pixel = 0; pixel < shape.Width; pixel++)
        {
            code.BroadcastInt32(Input, Pixel(shape, pixel, input));
            for (int vector = 0; vector < shape.Vectors; vector++)
            {
                code.AddProductsOfBytes((pixel * shape.Vectors) + vector, Input, FirstWeights + vector);
            }
        }
    }

    /// <summary>The same for a few pixels; the second vector of weights is read for each, so that it needs no register.</summary>
    internal static void AddToFew(X64Assembler code, SumShape shape, int input, int weights, (int First, int End) pixels)
    {
        var first = new X64Memory(X64Register.Rdx, weights);
        code.LoadVector(FirstWeights, first);
        for (int pixel = pixels.First; pixel < pixels.End; pixel++)
        {
            code.BroadcastInt32(Input, Pixel(shape, pixel, input));
            code.AddProductsOfBytes(pixel * 2, Input, FirstWeights);
            code.AddProductsOfBytes((pixel * 2) + 1, Input, first with { Displacement = weights + (SumShape.Outputs * SumShape.QuadChannels) });
        }
    }

    /// <summary>The same in 16 bits: bytes 0 and 2 of the four are two numbers of 16 bits, and so are bytes 1 and 3.</summary>
    private static void AddWords(X64Assembler code, SumShape shape, int input, int weights)
    {
        for (int i = 0; i < 2 * shape.Vectors; i++)
        {
            code.LoadVector(FirstWordWeights + i, new X64Memory(X64Register.Rdx, weights + (i * SumShape.Outputs * sizeof(int))));
        }

        for (int pixel = 0; pixel < shape.Width; pixel++)
        {
            code.BroadcastInt32(OddInputs, Pixel(shape, pixel, input));
            code.And(EvenInputs, OddInputs, EmittedSumTile.Argument(SumArguments.EvenBytesOffset));
            code.ShiftRightInt16(OddInputs, OddInputs, 8);
            for (int i = 0; i < 2 * shape.Vectors; i++)
            {
                int products = FirstProducts + (i & 1), sum = (pixel * shape.Vectors) + (i / 2);
                code.MultiplyInt16(products, EvenInputs + (i & 1), FirstWordWeights + i);
                code.AddInt32(sum, sum, products);
            }
        }
    }

    /// <summary>A block of input channels at adjacent columns of the kernel: each 16 bytes that some pixel reads are loaded once, into all quarters, with the quads in four orders at most, for all pixels and columns.</summary>
    internal static void AddGroups(X64Assembler code, SumShape shape, int columns)
    {
        for (int i = 0; i < columns * shape.Quads; i++)
        {
            code.LoadVector(FirstGroupWeights + i, new X64Memory(X64Register.Rdx, i * shape.StepBytes));
        }

        var reads = from pixel in Enumerable.Range(0, shape.Width)
                    from column in Enumerable.Range(0, columns)
                    group (pixel, column) by (Offset: shape.PixelOffset(pixel) + (column * shape.TapColumnStride), IsSecond: pixel >= shape.FirstRun) into read
                    orderby read.Key // both runs in turns: adjacent reads of one add to the same sums
                    select read;
        foreach (var read in reads)
        {
            code.BroadcastVector128(GroupInput, new X64Memory(X64Register.Rcx, read.Key.Offset, read.Key.IsSecond ? X64Register.R8 : null));
            for (int step = 0; step < shape.Quads; step++)
            {
                if (step > 0)
                {
                    code.ShuffleInt32(GroupInput + step, GroupInput, Exchanged(step));
                }

                foreach ((int pixel, int column) in read)
                {
                    code.AddProductsOfBytes(pixel, GroupInput + step, FirstGroupWeights + (column * shape.Quads) + step);
                }
            }
        }
    }

    /// <summary>The order in which element i is element i xor <paramref name="step"/>.</summary>
    private static byte Exchanged(int step) => (byte)(step | ((1 ^ step) << 2) | ((2 ^ step) << 4) | ((3 ^ step) << 6));

    /// <summary>The input of a pixel, <paramref name="offset"/> bytes behind its first at the kernel position.</summary>
    internal static X64Memory Pixel(SumShape shape, int pixel, int offset) =>
        new(X64Register.Rcx, checked(offset + shape.PixelOffset(pixel)), pixel < shape.FirstRun ? null : X64Register.R8);
}
