using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Espalier.Kernels.Tests;

public sealed class ProcessorVectorsTests
{
    // Leaf 1 ECX, leaf 7 EBX, leaf 13: the bytes that are saved, then size and offset of components 2 and 7, as processors answered.
    private static readonly Answers Zen4 = new(0x10, 0xfffa3203, 0xf1bf07ab, 2432, (256, 576), (1024, 1408));
    private static readonly Answers Haswell = new(0xd, 0xfed83203, 0x3a9, 832, (256, 576), (0, 0));
    private static readonly Answers Oldest = new(0xd, 0x80002001, 0, 0, (0, 0), (0, 0));

    public static TheoryData<string, Answers, string> Machines => new()
    {
        { "AMD family 25", Zen4, "avx512" },
        { "Haswell", Haswell, "avx2" },
        { "the first x86-64", Oldest, "vector128" },
        { "AVX-512 that the system does not save", Zen4 with { Saved = 832 }, "avx2" },
        { "AVX that the system does not save", Zen4 with { Saved = 576 }, "vector128" },
        { "a system without XSAVE", Haswell with { Features1 = Haswell.Features1 & ~(1u << 27) }, "vector128" },
        { "no fused multiply-add", Haswell with { Features1 = Haswell.Features1 & ~(1u << 12) }, "vector128" },
        { "AVX without AVX2", Haswell with { Features7 = Haswell.Features7 & ~(1u << 5) }, "vector128" },
        { "AVX-512 F alone", Zen4 with { Features7 = Zen4.Features7 & ~(1u << 30) }, "avx2" },
        { "no leaf 13", Haswell with { Leaves = 7 }, "vector128" },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void The_widest_vectors_are_those_that_processor_and_system_offer(string machine, Answers answers, string widest) =>
        Assert.True(widest == ProcessorVectors.WidestOf(answers.CpuId).Name, machine);

    [Fact]
    public void On_this_machine_CPUID_says_what_the_runtime_says()
    {
        Assert.SkipUnless(RuntimeFeature.IsDynamicCodeCompiled && !Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(name => name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)), "instruction sets are switched off");
        int expected = Avx512BW.VL.IsSupported ? 16 : Avx2.IsSupported && Fma.IsSupported ? 8 : 4;
        Assert.Equal(expected, ProcessorVectors.Widest.Lanes);
        Assert.Null(InstructionSet.Advice);
    }

    public sealed record Answers(int Leaves, uint Features1, uint Features7, int Saved, (int Size, int Offset) Component2, (int Size, int Offset) Component7)
    {
        internal (int Eax, int Ebx, int Ecx, int Edx) CpuId(int leaf, int subleaf) => (leaf, subleaf) switch
        {
            (0, 0) => (Leaves, 0, 0, 0),
            (1, 0) => (0, 0, unchecked((int)Features1), 0),
            (7, 0) => (0, unchecked((int)Features7), 0, 0),
            (13, 0) => (0, Saved, 0, 0),
            (13, 2) => (Component2.Size, Component2.Offset, 0, 0),
            (13, 7) => (Component7.Size, Component7.Offset, 0, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(leaf)),
        };
    }
}
