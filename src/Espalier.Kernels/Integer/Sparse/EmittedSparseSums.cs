namespace Espalier.Kernels;

/// <summary><see cref="SparseSums"/> by code that is made for one number of vectors: AVX-512 VNNI.</summary>
/// <remarks>
/// For each block of weights: its four numbers into all lanes, then a load and a <c>vpdpbusd zmm</c> for each vector of pixels.
/// Registers: rax arguments, rcx gathered pixels, rdx weights, r8 places, r9 sums, r10 blocks left, r11 the block's pixels; zmm0–3 pixels, zmm4 weights, zmm16–27 sums.
/// Both calling conventions let a function change all of them. The stack is not used, so no unwinding information is needed.
/// </remarks>
internal sealed unsafe class EmittedSparseSums : SparseSums
{
    private const int Inputs = 4;
    private const int Weights = 4;
    private const int FirstSum = 16;

    private static readonly Dictionary<(int, bool), nint> s_published = [];
    private readonly delegate* unmanaged<SparseSumArguments*, void> _first;
    private readonly delegate* unmanaged<SparseSumArguments*, void> _next;

    private EmittedSparseSums(int width, nint first, nint next) : base(width)
    {
        _first = (delegate* unmanaged<SparseSumArguments*, void>)first;
        _next = (delegate* unmanaged<SparseSumArguments*, void>)next;
    }

    internal override void Run(SparseSumArguments* arguments, bool isFirst)
    {
        if (isFirst)
        {
            _first(arguments);
        }
        else
        {
            _next(arguments);
        }
    }

    /// <summary>The loop for a number of vectors, emitted once in a process; <see langword="null"/> if the system refuses executable memory.</summary>
    internal static EmittedSparseSums? For(int width)
    {
        (nint first, nint next) = (Published(width, true), Published(width, false));
        return first == 0 || next == 0 ? null : new EmittedSparseSums(width, first, next);
    }

    private static nint Published(int width, bool isFirst)
    {
        lock (s_published)
        {
            return s_published.TryGetValue((width, isFirst), out nint code)
                ? code
                : s_published[(width, isFirst)] = ExecutableMemory.Publish(Emit(width, isFirst, OperatingSystem.IsWindows()));
        }
    }

    /// <summary>The code of the loop.</summary>
    /// <param name="width">Vectors of pixels.</param>
    /// <param name="isFirst">Whether the sums start with the bias rather than with those of the chunk before.</param>
    /// <param name="windows">Whether the caller follows Windows' calling convention or System V's.</param>
    internal static byte[] Emit(int width, bool isFirst, bool windows)
    {
        var code = new X64Assembler();
        code.Move(X64Register.Rax, windows ? X64Register.Rcx : X64Register.Rdi);
        code.Load(X64Register.Rcx, Argument(SparseSumArguments.InputOffset));
        code.Load(X64Register.Rdx, Argument(SparseSumArguments.ValuesOffset));
        code.Load(X64Register.R8, Argument(SparseSumArguments.PlacesOffset));
        code.Load(X64Register.R9, Argument(SparseSumArguments.SumsOffset));
        int nextRow = code.Here;
        StartSums(code, width, isFirst);
        code.Load(X64Register.R11, Argument(SparseSumArguments.CountsOffset));
        code.LoadInt32(X64Register.R10, new X64Memory(X64Register.R11));
        code.Add(Argument(SparseSumArguments.CountsOffset), sizeof(int));
        code.Compare(X64Register.R10, 0);
        int none = code.JumpForwardIfZero();
        int nextBlock = code.Here;
        AddBlock(code, width);
        code.Subtract(X64Register.R10, 1);
        code.JumpIfNotZero(nextBlock);
        code.Land(none);
        for (int vector = 0; vector < width; vector++)
        {
            code.StoreVector(new X64Memory(X64Register.R9, vector * VectorBytes), FirstSum + vector);
        }

        code.Add(X64Register.R9, width * VectorBytes);
        code.Subtract(Argument(SparseSumArguments.RowsOffset), 1);
        code.JumpIfNotZero(nextRow);
        code.ReturnFromVectors();
        return code.ToArray();
    }

    private static void StartSums(X64Assembler code, int width, bool isFirst)
    {
        if (isFirst)
        {
            code.Load(X64Register.R11, Argument(SparseSumArguments.BiasOffset));
            code.Add(Argument(SparseSumArguments.BiasOffset), sizeof(int));
        }

        for (int vector = 0; vector < width; vector++)
        {
            if (isFirst)
            {
                code.BroadcastInt32(FirstSum + vector, new X64Memory(X64Register.R11));
            }
            else
            {
                code.LoadVector(FirstSum + vector, new X64Memory(X64Register.R9, vector * VectorBytes));
            }
        }
    }

    private static void AddBlock(X64Assembler code, int width)
    {
        code.LoadUInt16(X64Register.R11, new X64Memory(X64Register.R8));
        code.BroadcastInt32(Weights, new X64Memory(X64Register.Rdx));
        code.Multiply(X64Register.R11, X64Register.R11, width * VectorBytes);
        code.Add(X64Register.R8, sizeof(ushort));
        code.Add(X64Register.Rdx, SumShape.QuadChannels);
        for (int vector = 0; vector < width; vector++)
        {
            code.LoadVector(vector % Inputs, new X64Memory(X64Register.Rcx, vector * VectorBytes, X64Register.R11));
            code.AddProductsOfBytes(FirstSum + vector, vector % Inputs, Weights);
        }
    }

    private static X64Memory Argument(int offset) => new(X64Register.Rax, offset);
}
