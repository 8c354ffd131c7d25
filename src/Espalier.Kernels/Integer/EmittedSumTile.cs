namespace Espalier.Kernels;

/// <summary>Sums by code that is made for one <see cref="SumShape"/>: AVX-512 VNNI, <c>vpdpbusd zmm</c>, for which .NET has no intrinsic.</summary>
/// <remarks>
/// Registers: rax arguments, rcx input, rdx weights, r8 bytes to the second run, r9 blocks left, r10 kernel rows left, r11 kernel columns left;
/// zmm0–27 sums of 14 pixels x 2 vectors, zmm28–29 weights, zmm30–31 inputs. Both calling conventions let a function change the general ones; Windows wants xmm6–15 back.
/// The stack is not used, so no unwinding information is needed.
/// </remarks>
internal sealed unsafe class EmittedSumTile : SumTile
{
    private const int FirstWeights = 28;
    private const int FirstInput = 30;
    private const int UnrolledSteps = 16;
    private const int FirstSaved = 6;
    private const int LastSaved = 15;

    private static readonly Dictionary<SumShape, nint> s_published = [];
    private readonly delegate* unmanaged[SuppressGCTransition]<SumArguments*, void> _code;

    private EmittedSumTile(SumShape shape, nint code) : base(shape)
    {
        _code = (delegate* unmanaged[SuppressGCTransition]<SumArguments*, void>)code;
    }

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

        code.Load(X64Register.Rcx, Argument(SumArguments.InputOffset));
        code.Load(X64Register.R8, Argument(SumArguments.SecondRunOffset));
        code.Load(X64Register.Rdx, Argument(SumArguments.WeightsOffset));
        code.Load(X64Register.R9, Argument(SumArguments.FullBlocksOffset));
        LoadBias(code, shape);
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

        StoreSums(code, shape);
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

    private static void LoadBias(X64Assembler code, SumShape shape)
    {
        code.Load(X64Register.R10, Argument(SumArguments.BiasOffset));
        for (int sum = 0; sum < shape.Width * shape.Vectors; sum++)
        {
            if (sum < shape.Vectors)
            {
                code.LoadVector(sum, new X64Memory(X64Register.R10, sum * SumShape.Outputs * sizeof(int)));
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
            code.StoreVector(new X64Memory(X64Register.R10, sum * SumShape.Outputs * sizeof(int)), sum);
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
        for (int step = 0; step < columns * quads; step++)
        {
            (int column, int quad) = Math.DivRem(step, quads);
            AddStep(code, shape, checked((column * shape.TapColumnStride) + (quad * SumShape.QuadChannels)), step * shape.StepBytes);
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
            int offset = checked(input + shape.PixelOffset(pixel));
            code.BroadcastInt32(broadcast, new X64Memory(X64Register.Rcx, offset, pixel < shape.FirstRun ? null : X64Register.R8));
            for (int vector = 0; vector < shape.Vectors; vector++)
            {
                code.AddProductsOfBytes((pixel * shape.Vectors) + vector, broadcast, FirstWeights + vector);
            }
        }
    }

    private static X64Memory Argument(int offset) => new(X64Register.Rax, offset);

    private static X64Memory Saved(int register) => Argument(SumArguments.SavedOffset + ((register - FirstSaved) * 16));
}
