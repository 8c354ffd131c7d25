using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Vector instructions that kernels are written for: an entry of the ordered table from which one is chosen automatically or by name.</summary>
/// <param name="Name">The name by which it can be chosen.</param>
/// <param name="Lanes">Floats per vector, which is also the block size of the <see cref="BlockedLayout"/>.</param>
/// <param name="IsSupported">Whether this process supports it in hardware.</param>
public sealed record InstructionSet(string Name, int Lanes, bool IsSupported)
{
    /// <summary>The environment variable that forces an instruction set by name.</summary>
    public const string Variable = "ESPALIER_INSTRUCTION_SET";

    /// <summary>512-bit vectors (AVX-512 F, BW, CD, DQ, VL).</summary>
    public static InstructionSet Avx512 { get; } = new("avx512", 16, Vector512.IsHardwareAccelerated && Avx512F.IsSupported);

    /// <summary>256-bit vectors with fused multiply-add.</summary>
    public static InstructionSet Avx2 { get; } = new("avx2", 8, Vector256.IsHardwareAccelerated && Fma.IsSupported);

    /// <summary>128-bit vectors: Arm's, and those of any x86-64 machine. Runs everywhere, in software if necessary.</summary>
    public static InstructionSet Vector128Bit { get; } = new("vector128", 4, true);

    /// <summary>All instruction sets, fastest first.</summary>
    public static ImmutableArray<InstructionSet> All { get; } = [Avx512, Avx2, Vector128Bit];

    /// <summary>The default: the one named by <see cref="Variable"/>, or else the first that is supported.</summary>
    /// <exception cref="EspalierException">The variable names none, or one that this machine, or a program compiled ahead of time, lacks.</exception>
    public static InstructionSet Best => Default.Value;

    /// <summary>
    /// What to change so that networks run at this processor's speed, as a sentence for a log, or <see langword="null"/> where nothing is to be gained. A program compiled ahead of time
    /// (NativeAOT) has the vectors that it was published for and no others, and does not say so by itself; code that is compiled at run time always uses what there is.
    /// </summary>
    public static string? Advice => !string.IsNullOrEmpty(Forced) ? null : VectorAdvice.For(Best, ProcessorVectors.Widest, RuntimeFeature.IsDynamicCodeCompiled);

    private static Lazy<InstructionSet> Default { get; } = new(() => Choose(Forced)); // not at the type's start, where an exception would lose its message

    private static string? Forced => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Finds an instruction set by name; <see langword="null"/> or an empty string gives the first that is supported.</summary>
    /// <exception cref="EspalierException">The name is unknown, or this machine does not support the instruction set.</exception>
    public static InstructionSet Choose(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return All.First(set => set.IsSupported);
        }

        InstructionSet? chosen = All.FirstOrDefault(set => string.Equals(set.Name, name, StringComparison.OrdinalIgnoreCase));
        string known = string.Join(", ", All.Where(set => set.IsSupported).Select(set => set.Name));
        return chosen is { IsSupported: true }
            ? chosen
            : throw new EspalierException($"Instruction set '{name}' {(chosen is null ? "is not known" : "is not what this program has on this machine")}; supported here: {known}.");
    }
}
