using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels;

/// <summary>
/// The vectors of the processor, whatever this program was compiled for. The properties <c>IsSupported</c> of intrinsics cannot tell: a NativeAOT compiler makes constants of them.
/// </summary>
internal static class ProcessorVectors
{
    // Intel's manual, volume 2, CPUID. Leaf 1, ECX:
    private const int FusedMultiplyAdd = 1 << 12;
    private const int SavedBySystem = 1 << 27;
    private const int Avx = 1 << 28;

    // Leaf 7, EBX:
    private const int Avx2 = 1 << 5;
    private const int Avx512 = 1 << 16 | 1 << 17 | 1 << 28 | 1 << 30 | 1 << 31; // F, DQ, CD, BW, VL

    // Leaf 13: the state that a system saves at a change of threads. A system that does not save a register's upper half does not offer it.
    private const int SavedState = 13;
    private const int UpperHalvesOf256 = 2;
    private const int UpperSixteenOf512 = 7;

    /// <summary>Answers CPUID: leaf and subleaf to the four registers.</summary>
    internal delegate (int Eax, int Ebx, int Ecx, int Edx) CpuId(int leaf, int subleaf);

    /// <summary>The widest that this machine offers.</summary>
    internal static InstructionSet Widest { get; } = X86Base.IsSupported ? WidestOf(X86Base.CpuId) : InstructionSet.Vector128Bit;

    /// <summary>The widest that an x86-64 processor and its operating system offer, by the answers to CPUID.</summary>
    internal static InstructionSet WidestOf(CpuId cpuId)
    {
        const int Features256 = FusedMultiplyAdd | SavedBySystem | Avx;
        if (cpuId(0, 0).Eax < SavedState || !Has(cpuId(1, 0).Ecx, Features256) || !Has(cpuId(7, 0).Ebx, Avx2) || !Saves(cpuId, UpperHalvesOf256))
        {
            return InstructionSet.Vector128Bit;
        }

        return Has(cpuId(7, 0).Ebx, Avx512) && Saves(cpuId, UpperSixteenOf512) ? InstructionSet.Avx512 : InstructionSet.Avx2;
    }

    private static bool Has(int register, int bits) => (register & bits) == bits;

    /// <summary>Whether the area that the system has turned on reaches to the end of a component, which is the closest that CPUID comes to it (XGETBV is no intrinsic).</summary>
    private static bool Saves(CpuId cpuId, int component)
    {
        (int size, int offset, _, _) = cpuId(SavedState, component);
        return size > 0 && cpuId(SavedState, 0).Ebx >= offset + size;
    }
}
