namespace Espalier.Kernels;

/// <summary>Sums and their requantization by code that is made for one <see cref="SumShape"/>: AVX-512 VNNI, <c>vpdpbusd zmm</c>, for which .NET has no intrinsic, or <c>vpmaddwd zmm</c> where a machine lacks it.</summary>
/// <remarks>
/// Registers: rax arguments, rcx input, rdx weights, r8 bytes to the second run, r9 blocks left, r10 kernel rows left, r11 kernel columns left;
/// zmm0–27 sums of 14 pixels x 2 vectors (0–13 of one), zmm28–29 weights, zmm30–31 inputs; the other patterns have others for these. Both calling conventions let a function change the general ones and masks;
/// Windows wants xmm6–15 back. The stack is not used, so no unwinding information is needed.
/// </remarks>
internal sealed unsafe class EmittedSumTile : SumTile
{
    private const int Transposition = 31;
    private const int UnrolledSteps = 16;
    private const int FirstSaved = 6;
    private const int LastSaved = 15;

    private static readonly Dictionary<SumShape, nint> s_published = [];
    private readonly delegate* unmanaged<SumArguments*, void> _code; // with the transition to code that garbage collections need not wait for: a call may compute a whole band

    private EmittedSumTile(SumShape shape, nint code) : base(shape)
    {
        _code = (delegate* unmanaged<SumArguments*, void>)code;
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
        code.Load(X64Register.R11, Argument(SumArguments.TileOffset));
        code.LoadInt32(X64Register.Rcx, new X64Memory(X64Register.R11, SumArguments.InputOfTile));
        code.LoadInt32(X64Register.R8, new X64Memory(X64Register.R11, SumArguments.InputOfTile + sizeof(int)));
        code.Subtract(X64Register.R8, X64Register.Rcx);
        code.Add(X64Register.Rcx, Argument(SumArguments.InputOffset));
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
        bool leavesFullBlock = shape.JoinsFinish && shape.LastQuads == 0;
        code.Subtract(X64Register.R9, leavesFullBlock ? 1 : 0);
        int none = code.JumpForwardIfZero();
        int nextBlock = code.Here;
        AddBlock(code, shape, shape.Quads);
        code.Add(X64Register.Rcx, Argument(SumArguments.BlockStepOffset));
        code.Subtract(X64Register.R9, 1);
        code.JumpIfNotZero(nextBlock);
        code.Land(none);
        if (shape.LastQuads > 0 && !shape.JoinsFinish)
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
        if (shape.KernelWidth * quads <= (shape.Pattern == SumPattern.GroupQuads ? EmittedSteps.GroupWeights : UnrolledSteps))
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
        if (shape.Pattern == SumPattern.GroupQuads)
        {
            EmittedSteps.AddGroups(code, shape, columns);
        }
        else
        {
            for (int step = 0; step < columns * quads; step++)
            {
                (int column, int quad) = Math.DivRem(step, quads);
                EmittedSteps.Add(code, shape, checked((column * shape.TapColumnStride) + shape.QuadOffset(quad)), step * shape.StepBytes);
            }
        }

        code.Add(X64Register.Rdx, columns * quads * shape.StepBytes);
    }

    private static X64Memory Saved(int register) => Argument(SumArguments.SavedOffset + ((register - FirstSaved) * 16));
}
