using Espalier.Testing;
using Iced.Intel;

namespace Espalier.Kernels.Tests;

public sealed unsafe class EmittedSumTileTests
{
    private const int Problems = 600;

    private static readonly HashSet<Mnemonic> s_allowed =
    [
        Mnemonic.Mov, Mnemonic.Movsxd, Mnemonic.Add, Mnemonic.Sub, Mnemonic.Cmp, Mnemonic.Je, Mnemonic.Jne, Mnemonic.Ret,
        Mnemonic.Vzeroupper, Mnemonic.Vmovdqu32, Mnemonic.Vpbroadcastd, Mnemonic.Vpdpbusd,
        Mnemonic.Kmovw, Mnemonic.Vpmovzxbd, Mnemonic.Vbroadcasti32x4, Mnemonic.Vpermd, Mnemonic.Vpshufb, Mnemonic.Vpshufd,
        Mnemonic.Vcvtdq2ps, Mnemonic.Vcvtps2dq, Mnemonic.Vmulps, Mnemonic.Vaddps, Mnemonic.Vsubps, Mnemonic.Vmaxps, Mnemonic.Vminps,
        Mnemonic.Vpackssdw, Mnemonic.Vpackuswb, Mnemonic.Vpaddsw, Mnemonic.Vpmaddwd, Mnemonic.Vpaddd, Mnemonic.Vpandd, Mnemonic.Vpsrlw, Mnemonic.Vextracti32x4,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_shape_disassembles_and_keeps_to_its_registers(bool windows)
    {
        foreach (SumShape shape in Shapes())
        {
            List<Instruction> code = Disassembly.Of(EmittedSumTile.Emit(shape, windows));
            HashSet<ulong> starts = [.. code.Select(instruction => instruction.IP)];
            Assert.Equal(Mnemonic.Ret, code[^1].Mnemonic);
            Assert.Single(code, instruction => instruction.Mnemonic == Mnemonic.Ret);
            foreach (Instruction instruction in code)
            {
                Assert.True(s_allowed.Contains(instruction.Mnemonic), Disassembly.Text(instruction));
                if (instruction.FlowControl == FlowControl.ConditionalBranch)
                {
                    Assert.Contains(instruction.NearBranchTarget, starts);
                }

                if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsGPR64() && instruction.Mnemonic != Mnemonic.Cmp)
                {
                    Assert.Contains(instruction.Op0Register, (Register[])[Register.RAX, Register.RCX, Register.RDX, Register.R8, Register.R9, Register.R10, Register.R11]);
                }
            }

            if (shape.Pattern == SumPattern.TapQuads)
            {
                Assert.Equal(shape.TapQuads * shape.Width, code.Count(instruction => instruction.Mnemonic == Mnemonic.Vpdpbusd));
                continue;
            }

            int unrolled = shape.Pattern == SumPattern.GroupQuads ? 12 : 16;
            int quads = shape.KernelWidth * shape.Quads <= unrolled ? shape.KernelWidth * shape.Quads : shape.Quads;
            int endQuads = shape.LastQuads == 0 && shape.JoinsFinish ? shape.Quads : shape.LastQuads;
            int lastQuads = shape.KernelWidth * endQuads <= unrolled ? shape.KernelWidth * endQuads : endQuads;
            (Mnemonic products, int each) = shape.Pattern == SumPattern.WordQuads ? (Mnemonic.Vpmaddwd, 2) : (Mnemonic.Vpdpbusd, 1);
            Assert.Equal((quads + lastQuads) * shape.Width * shape.Vectors * each, code.Count(instruction => instruction.Mnemonic == products));
        }
    }

    [Fact]
    public void Emitted_code_knows_where_fields_are()
    {
        var tile = new MapTile(1, 2, 3, 4, 5, 6, 7);
        byte* bytes = (byte*)&tile;
        Assert.Equal(28, sizeof(MapTile));
        Assert.Equal((2, 3), (*(int*)(bytes + SumArguments.InputOfTile), *(int*)(bytes + SumArguments.InputOfTile + 4)));
        Assert.Equal((4, 5), (*(int*)(bytes + SumArguments.OutputOfTile), *(int*)(bytes + SumArguments.OutputOfTile + 4)));
        Assert.Equal((6, 7), (*(int*)(bytes + SumArguments.ResidualOfTile), *(int*)(bytes + SumArguments.ResidualOfTile + 4)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sums_have_the_bits_of_plain_loops_between_forbidden_pages(bool atEnd)
    {
        SkipWithoutVnni();
        for (ulong seed = 0; seed < Problems; seed++)
        {
            SumTileRun.AssertSame(seed, atEnd, isEmitted: true, shape => EmittedSumTile.For(shape)!);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Intrinsics_have_the_bits_of_plain_loops_between_forbidden_pages(bool atEnd)
    {
        foreach (IntegerTier tier in IntegerTier.All.Where(tier => tier is { IsSupported: true, SignsInput: false, IsEmitted: false }))
        {
            for (ulong seed = 0; seed < Problems; seed++)
            {
                SumTileRun.AssertSame(seed, atEnd, isEmitted: false, tier.Tile);
            }
        }
    }

    /// <summary>The code for Windows, called from a prologue that sets the registers to keep, and followed by an epilogue that stores them.</summary>
    [Fact]
    public void Code_for_Windows_computes_the_same_and_keeps_what_Windows_wants_back()
    {
        SkipWithoutVnni();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the prologue is written for the other calling convention");
        for (ulong seed = 0; seed < 80; seed++)
        {
            SumTileRun.AssertSame(seed, atEnd: true, isEmitted: true, shape => new WindowsTile(shape));
        }
    }

    private static void SkipWithoutVnni() => Assert.SkipUnless(IntegerTier.Avx512Vnni.IsSupported, IntegerTier.Avx512Vnni.Obstacle ?? "");

    private static IEnumerable<SumShape> Shapes()
    {
        for (int width = 1; width <= SumShape.MaximumWidth; width++)
        {
            for (int vectors = 1; vectors <= 2; vectors++)
            {
                yield return new SumShape(width, vectors, 16, 1, 16, 4, 0);
                yield return new SumShape(width, vectors, 32, 3, 16, 4, width % 4);
                yield return new SumShape(width, vectors, 48, 7, 32, 4, 3);
                yield return new SumShape(width, vectors, 8, 7, 4, 1, 0);
                yield return new SumShape(width, vectors, 4, 20, 4, 1, 0);
            }
        }

        for (ulong seed = 0; seed < 200; seed++)
        {
            yield return SumTileRun.RandomShape(new Dice(seed), isEmitted: true);
        }
    }

    private sealed class WindowsTile(SumShape shape) : SumTile(shape)
    {
        private const int Kept = 10; // xmm6 to xmm15

        internal override bool Finishes => Shape.Finish is not null;

        internal override void Run(SumArguments* arguments)
        {
            byte* pattern = stackalloc byte[2 * 16 * Kept];
            for (int i = 0; i < 16 * Kept; i++)
            {
                pattern[i] = (byte)(i + 1);
            }

            var call = new X64Assembler();
            call.Move(X64Register.Rcx, X64Register.Rdi);
            for (int i = 0; i < Kept; i++)
            {
                call.LoadVector128(6 + i, new X64Memory(X64Register.R11, 16 * i));
            }

            // The pattern's address is a constant of the prologue and the epilogue.
            byte[] address = [0x49, 0xBB, .. BitConverter.GetBytes((long)pattern)]; // mov r11, imm64
            var store = new X64Assembler();
            for (int i = 0; i < Kept; i++)
            {
                store.StoreVector128(new X64Memory(X64Register.R11, 16 * (Kept + i)), 6 + i);
            }

            nint code = ExecutableMemory.Publish([.. address, .. call.ToArray(), .. EmittedSumTile.Emit(Shape, windows: true)[..^1], .. address, .. store.ToArray(), 0xC3]);
            ((delegate* unmanaged[SuppressGCTransition]<SumArguments*, void>)code)(arguments);
            Assert.True(new ReadOnlySpan<byte>(pattern, 16 * Kept).SequenceEqual(new ReadOnlySpan<byte>(pattern + (16 * Kept), 16 * Kept)));
        }
    }
}
