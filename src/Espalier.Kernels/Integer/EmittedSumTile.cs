namespace Espalier.Kernels;

/// <summary>Sums and their requantization by code that is made for one <see cref="SumShape"/>: AVX-512 VNNI, <c>vpdpbusd zmm</c>, for which .NET has no intrinsic, or <c>vpmaddwd zmm</c> where a machine lacks it.</summary>
/// <remarks>
/// Registers: rax arguments, rcx input, rdx weights, r8 bytes to the second run, r9 blocks left, r10 kernel rows left, r11 kernel columns left;
/// zmm0–27 sums of 14 pixels x 2 vectors (0–13 of one), zmm28–29 weights, zmm30–31 inputs; the other patterns have others for these. Both calling conventions let a function change the general ones and masks;
/// Windows wants xmm6–15 back. The stack is not used, so no unwinding information is needed.
/// </remarks>
internal sealed unsafe class EmittedSumTile : SumTile
{
    private const int FirstWeights = 28;
    private const int FirstInput = 30;
    private const int FirstWordWeights = 24;
    private const int EvenInputs = 28;
    private const int OddInputs = 29;
    private const int FirstProducts = 30;
    private const int FirstGroupWeights = 16;
    private const int FirstGroupInput = 20;
    private const int Transposition = 30;
    private const int UnrolledSteps = 16;
    private const int FirstSaved = 6;
    private const int LastSaved = 15;

    private static readonly Dictionary<SumShape, nint> s_published = [];
    private readonly delegate* unmanaged[SuppressGCTransition]<SumArguments*, void> _code;

    private EmittedSumTile(SumShape shape, nint code) : base(shape)
    {
        _code = (delegate* unmanaged[SuppressGCTransition]<SumArguments*, void>)code;
    }

    internal override bool Finishes => Shape.Finish is not null;

    internal override void Run(SumArguments* arguments) => _code(arguments);

    /// <summary>The tile of a shape, emitted once in a process; <see langword="null"/> if the system refuses executable memory.</summary>
    internal static EmittedSumTile? For(SumShape shape)
    {
        lock (s_published)
        {
            if (!s_published.TryGetValue(shape, out nint code))
            {
                code = ExecutableMemory.Publish(Emit(shape, OperatingSystem.IsWindows()));
                s_published[shape] = code;
            }

            return code == 0 ? null : new EmittedSumTile(shape, code);
        }
    }

    /// <summary>The code of a shape.</summary>
    /// <param name="shape">What to compute.</param>
    /// <param name="windows">Whether the caller follows Windows' calling convention or System V's.</param>
    internal static byte[] Emit(SumShape shape, bool windows)
    {
        var code = new X64Assembler();
        code.Move(X64Register.Rax, windows ? X64Register.Rcx : X64Register.Rdi);
        if (windows)
        {
            for (int i = FirstSaved; i <= LastSaved; i++)
            {
                code.StoreVector128(Saved(i), i);
            }
        }

        if (shape.Pattern == SumPattern.TapQuads)
        {
            EmittedTapQuads.Prepare(code);
        }

        int nextTile = code.Here;
        LoadPlaces(code, (X64Register.Rcx, X64Register.R8), SumArguments.InputOffset, SumArguments.InputOfTile);
        code.Load(X64Register.Rdx, Argument(SumArguments.WeightsOffset));
        LoadBias(code, shape);
        if (shape.Pattern == SumPattern.TapQuads)
        {
            EmittedTapQuads.AddRows(code, shape);
        }
        else
        {
            AddBlocks(code, shape);
        }

        if (shape.Finish is { } finish)
        {
            EmittedRequantization.Finish(code, shape, finish);
        }
        else
        {
            StoreSums(code, shape);
        }

        code.Add(Argument(SumArguments.TileOffset), sizeof(MapTile));
        code.Subtract(Argument(SumArguments.TilesOffset), 1);
        code.JumpIfNotZero(nextTile);
        if (windows)
        {
            for (int i = FirstSaved; i <= LastSaved; i++)
            {
                code.LoadVector128(i, Saved(i));
            }
        }

        code.ReturnFromVectors();
        return code.ToArray();
    }

    /// <summary>The addresses of a tile's runs of pixels: the first run's, and the bytes from there to the second. Changes r11.</summary>
    /// <param name="code">Code.</param>
    /// <param name="to">Registers for both.</param>
    /// <param name="map">Offset of the map's address among the arguments.</param>
    /// <param name="field">Offset of the first of the two fields of <see cref="MapTile"/>.</param>
    internal static void LoadPlaces(X64Assembler code, (X64Register First, X64Register Second) to, int map, int field)
    {
        code.Load(X64Register.R11, Argument(SumArguments.TileOffset));
        code.LoadInt32(to.First, new X64Memory(X64Register.R11, field));
        code.LoadInt32(to.Second, new X64Memory(X64Register.R11, field + sizeof(int)));
        code.Subtract(to.Second, to.First);
        code.Add(to.First, Argument(map));
    }

    /// <summary>A field of <see cref="SumArguments"/>.</summary>
    internal static X64Memory Argument(int offset) => new(X64Register.Rax, offset);

    private static void LoadTransposition(X64Assembler code, SumShape shape)
    {
        if (shape.Pattern == SumPattern.GroupQuads)
        {
            code.WidenBytes(Transposition, Argument(SumArguments.TranspositionOffset));
        }
    }

    /// <summary>Lanes of <see cref="SumPattern.GroupQuads"/> and channels of a block are each other's transposition.</summary>
    private static void Reorder(X64Assembler code, SumShape shape, int sum)
    {
        if (shape.Pattern == SumPattern.GroupQuads)
        {
            code.PermuteInt32(sum, Transposition, sum);
        }
    }

    private static void LoadBias(X64Assembler code, SumShape shape)
    {
        LoadTransposition(code, shape);
        code.Load(X64Register.R10, Argument(SumArguments.BiasOffset));
        for (int sum = 0; sum < shape.Width * shape.Vectors; sum++)
        {
            if (sum < shape.Vectors)
            {
                code.LoadVector(sum, new X64Memory(X64Register.R10, sum * SumShape.Outputs * sizeof(int)));
                Reorder(code, shape, sum);
            }
            else
            {
                code.MoveVector(sum, sum % shape.Vectors);
            }
        }
    }

    private static void StoreSums(X64Assembler code, SumShape shape)
    {
        code.Load(X64Register.R10, Argument(SumArguments.SumsOffset));
        for (int sum = 0; sum < shape.Width * shape.Vectors; sum++)
        {
            Reorder(code, shape, sum);
            code.StoreVector(new X64Memory(X64Register.R10, sum * SumShape.Outputs * sizeof(int)), sum);
        }
    }

    private static void AddBlocks(X64Assembler code, SumShape shape)
    {
        code.Load(X64Register.R9, Argument(SumArguments.FullBlocksOffset));
        code.Compare(X64Register.R9, 0);
        int none = code.JumpForwardIfZero();
        int nextBlock = code.Here;
        AddBlock(code, shape, shape.Quads);
        code.Add(X64Register.Rcx, Argument(SumArguments.BlockStepOffset));
        code.Subtract(X64Register.R9, 1);
        code.JumpIfNotZero(nextBlock);
        code.Land(none);
        if (shape.LastQuads > 0)
        {
            AddBlock(code, shape, shape.LastQuads);
        }
    }

    /// <summary>All rows of the kernel in one block of channels.</summary>
    private static void AddBlock(X64Assembler code, SumShape shape, int quads)
    {
        code.Load(X64Register.R10, Argument(SumArguments.KernelHeightOffset));
        int nextRow = code.Here;
        AddRow(code, shape, quads);
        code.Add(X64Register.Rcx, Argument(SumArguments.TapRowStrideOffset));
        code.Subtract(X64Register.R10, 1);
        code.JumpIfNotZero(nextRow);
    }

    /// <summary>All columns of one row of the kernel: one after the other, or in a loop if they are many.</summary>
    private static void AddRow(X64Assembler code, SumShape shape, int quads)
    {
        if (shape.KernelWidth * quads <= UnrolledSteps)
        {
            AddColumns(code, shape, quads, shape.KernelWidth);
            return;
        }

        code.Move(X64Register.R11, shape.KernelWidth);
        int nextColumn = code.Here;
        AddColumns(code, shape, quads, 1);
        code.Add(X64Register.Rcx, shape.TapColumnStride);
        code.Subtract(X64Register.R11, 1);
        code.JumpIfNotZero(nextColumn);
        code.Subtract(X64Register.Rcx, checked(shape.KernelWidth * shape.TapColumnStride));
    }

    private static void AddColumns(X64Assembler code, SumShape shape, int quads, int columns)
    {
        for (int column = 0; column < columns; column++)
        {
            int input = checked(column * shape.TapColumnStride), weights = column * quads * shape.StepBytes;
            if (shape.Pattern == SumPattern.GroupQuads)
            {
                AddGroups(code, shape, input, weights);
                continue;
            }

            for (int quad = 0; quad < quads; quad++)
            {
                (int from, int with) = (checked(input + (quad * SumShape.QuadChannels)), weights + (quad * shape.StepBytes));
                if (shape.Pattern == SumPattern.WordQuads)
                {
                    AddWordStep(code, shape, from, with);
                }
                else
                {
                    AddStep(code, shape, from, with);
                }
            }
        }

        code.Add(X64Register.Rdx, columns * quads * shape.StepBytes);
    }

    /// <summary>Four input channels at one kernel position: for each pixel 4 bytes in all lanes, times the weights of each vector.</summary>
    private static void AddStep(X64Assembler code, SumShape shape, int input, int weights)
    {
        for (int vector = 0; vector < shape.Vectors; vector++)
        {
            code.LoadVector(FirstWeights + vector, new X64Memory(X64Register.Rdx, weights + (vector * SumShape.Outputs * SumShape.QuadChannels)));
        }

        for (int pixel = 0; pixel < shape.Width; pixel++)
        {
            int broadcast = FirstInput + (pixel & 1);
            code.BroadcastInt32(broadcast, Pixel(shape, pixel, input));
            for (int vector = 0; vector < shape.Vectors; vector++)
            {
                code.AddProductsOfBytes((pixel * shape.Vectors) + vector, broadcast, FirstWeights + vector);
            }
        }
    }

    /// <summary>The same in 16 bits: bytes 0 and 2 of the four are two numbers of 16 bits, and so are bytes 1 and 3.</summary>
    private static void AddWordStep(X64Assembler code, SumShape shape, int input, int weights)
    {
        for (int i = 0; i < 2 * shape.Vectors; i++)
        {
            code.LoadVector(FirstWordWeights + i, new X64Memory(X64Register.Rdx, weights + (i * SumShape.Outputs * sizeof(int))));
        }

        for (int pixel = 0; pixel < shape.Width; pixel++)
        {
            code.BroadcastInt32(OddInputs, Pixel(shape, pixel, input));
            code.And(EvenInputs, OddInputs, Argument(SumArguments.EvenBytesOffset));
            code.ShiftRightInt16(OddInputs, OddInputs, 8);
            for (int i = 0; i < 2 * shape.Vectors; i++)
            {
                int products = FirstProducts + (i & 1), sum = (pixel * shape.Vectors) + (i / 2);
                code.MultiplyInt16(products, EvenInputs + (i & 1), FirstWordWeights + i);
                code.AddInt32(sum, sum, products);
            }
        }
    }

    /// <summary>A block of input channels at one kernel position: for each pixel its 16 bytes four times, with the quads in four orders at most.</summary>
    private static void AddGroups(X64Assembler code, SumShape shape, int input, int weights)
    {
        for (int step = 0; step < shape.Quads; step++)
        {
            code.LoadVector(FirstGroupWeights + step, new X64Memory(X64Register.Rdx, weights + (step * shape.StepBytes)));
        }

        for (int pixel = 0; pixel < shape.Width; pixel++)
        {
            int quads = FirstGroupInput + ((pixel & 1) * 4);
            code.BroadcastVector128(quads, Pixel(shape, pixel, input));
            for (int step = 0; step < shape.Quads; step++)
            {
                if (step > 0)
                {
                    code.ShuffleInt32(quads + step, quads, Exchanged(step));
                }

                code.AddProductsOfBytes(pixel, quads + step, FirstGroupWeights + step);
            }
        }
    }

    /// <summary>The order in which element i is element i xor <paramref name="step"/>.</summary>
    private static byte Exchanged(int step) => (byte)(step | ((1 ^ step) << 2) | ((2 ^ step) << 4) | ((3 ^ step) << 6));

    /// <summary>The input of a pixel, <paramref name="offset"/> bytes behind its first at the kernel position.</summary>
    internal static X64Memory Pixel(SumShape shape, int pixel, int offset) =>
        new(X64Register.Rcx, checked(offset + shape.PixelOffset(pixel)), pixel < shape.FirstRun ? null : X64Register.R8);

    private static X64Memory Saved(int register) => Argument(SumArguments.SavedOffset + ((register - FirstSaved) * 16));
}
