namespace Espalier.Kernels.Tests;

/// <summary>Every form of instruction, with operands of all kinds, as another disassembler reads it.</summary>
public sealed class X64AssemblerTests
{
    private static readonly X64Register[] s_bases = [X64Register.Rax, X64Register.Rcx, X64Register.Rdx, X64Register.Rdi, X64Register.R8, X64Register.R9, X64Register.R10, X64Register.R11];

    private static readonly int[] s_displacements = [0, 1, 4, -4, 16, 64, 127, -128, 128, 508, 512, -512, -516, 2032, 2048, 8128, 8192, -8192, -8256, 100_001, -1_000_000, int.MaxValue];

    [Fact]
    public void Moves_and_sums_of_registers()
    {
        foreach (X64Register a in s_bases)
        {
            foreach (X64Register b in s_bases)
            {
                Same($"mov {Name(a)}, {Name(b)}", code => code.Move(a, b));
                Same($"sub {Name(a)}, {Name(b)}", code => code.Subtract(a, b));
                Same(a == b ? $"imul {Name(a)}, 768" : $"imul {Name(a)}, {Name(b)}, 768", code => code.Multiply(a, b, 768)); // the disassembler's short form
            }

            foreach (int value in (int[])[0, 1, -1, 127, 128, int.MaxValue, int.MinValue])
            {
                Same($"mov {Name(a)}, {value}", code => code.Move(a, value));
                Same($"add {Name(a)}, {value}", code => code.Add(a, value));
                Same($"sub {Name(a)}, {value}", code => code.Subtract(a, value));
                Same($"cmp {Name(a)}, {value}", code => code.Compare(a, value));
            }
        }
    }

    [Fact]
    public void Memory_of_every_form()
    {
        foreach (X64Memory memory in Memories())
        {
            string at = Name(memory);
            Same($"mov r9, {at}", code => code.Load(X64Register.R9, memory));
            Same($"add rcx, {at}", code => code.Add(X64Register.Rcx, memory));
            Same($"movzx r11, {at}", code => code.LoadUInt16(X64Register.R11, memory));
            Same($"movsxd r10, {at}", code => code.LoadInt32(X64Register.R10, memory));
            Same($"add {at}, -129", code => code.Add(memory, -129));
            Same($"sub {at}, 1", code => code.Subtract(memory, 1));
            foreach (int vector in (int[])[0, 7, 8, 15, 16, 23, 24, 31])
            {
                Same($"vmovdqu32 zmm{vector}, {at}", code => code.LoadVector(vector, memory));
                Same($"vmovdqu32 {at}, zmm{vector}", code => code.StoreVector(memory, vector));
                Same($"vmovdqu32 xmm{vector}, {at}", code => code.LoadVector128(vector, memory));
                Same($"vmovdqu32 {at}, xmm{vector}", code => code.StoreVector128(memory, vector));
                Same($"vpbroadcastd zmm{vector}, {at}", code => code.BroadcastInt32(vector, memory));
                Same($"vpdpbusd zmm{vector}, zmm29, {at}", code => code.AddProductsOfBytes(vector, 29, memory));
                Same($"vpaddsw zmm{vector}, zmm14, {at}", code => code.AddInt16(vector, 14, memory));
                Same($"vmulps zmm{vector}, zmm16, {at}", code => code.MultiplySingles(vector, 16, memory));
                Same($"vbroadcasti32x4 zmm{vector}, {at}", code => code.BroadcastVector128(vector, memory));
                Same($"vpmovzxbd zmm{vector}, {at}", code => code.WidenBytes(vector, memory));
                Same($"vmovdqu32 {at}, ymm{vector}", code => code.StoreVector256(memory, vector));
                Same($"vextracti32x4 {at}, zmm{vector}, 2", code => code.StoreQuarter(memory, vector, 2));
                Same($"vmovdqu32 zmm{vector}{{k3}}{{z}}, {at}", code => code.LoadVector(vector, memory, 3));
                Same($"vmulps zmm{vector}, zmm17, {at}{{1to16}}", code => code.MultiplySinglesByOne(vector, 17, memory));
                Same($"vsubps zmm{vector}, zmm8, {at}{{1to16}}", code => code.SubtractSingles(vector, 8, memory));
                Same($"vminps zmm{vector}, zmm31, {at}{{1to16}}", code => code.MinSingles(vector, 31, memory));
                Same($"vpandd zmm{vector}, zmm30, {at}{{1to16}}", code => code.And(vector, 30, memory));
                Same($"vmaxps zmm{vector}, zmm1, {at}{{1to16}}", code => code.MaxSingles(vector, 1, memory));
            }
        }
    }

    [Fact]
    public void Vectors_of_every_number()
    {
        for (int a = 0; a < 32; a++)
        {
            for (int b = 0; b < 32; b++)
            {
                Same($"vmovdqu32 zmm{a}, zmm{b}", code => code.MoveVector(a, b));
                Same($"vcvtdq2ps zmm{a}, zmm{b}", code => code.ConvertToSingle(a, b));
                Same($"vcvtps2dq zmm{a}, zmm{b}", code => code.ConvertToInt32(a, b));
                Same($"vpsrlw zmm{a}, zmm{b}, 8", code => code.ShiftRightInt16(a, b, 8));
                Same($"vpshufd zmm{a}, zmm{b}, 27", code => code.ShuffleInt32(a, b, 27));
                for (int c = 0; c < 32; c += 5)
                {
                    Same($"vpdpbusd zmm{a}, zmm{b}, zmm{c}", code => code.AddProductsOfBytes(a, b, c));
                    Same($"vpmaddwd zmm{a}, zmm{b}, zmm{c}", code => code.MultiplyInt16(a, b, c));
                    Same($"vpaddd zmm{a}, zmm{b}, zmm{c}", code => code.AddInt32(a, b, c));
                    Same($"vaddps zmm{a}, zmm{b}, zmm{c}", code => code.AddSingles(a, b, c));
                    Same($"vpackssdw zmm{a}, zmm{b}, zmm{c}", code => code.PackInt32(a, b, c));
                    Same($"vpackuswb zmm{a}, zmm{b}, zmm{c}", code => code.PackInt16(a, b, c));
                    Same($"vpermd zmm{a}, zmm{b}, zmm{c}", code => code.PermuteInt32(a, b, c));
                    Same($"vpshufb zmm{a}, zmm{b}, zmm{c}", code => code.ShuffleBytes(a, b, c));
                }
            }
        }
    }

    [Fact]
    public void Masks()
    {
        for (int mask = 1; mask < 8; mask++)
        {
            Same($"kmovw k{mask}, edx", code => code.MoveMask(mask, X64Register.Rdx));
            Same($"kmovw k{mask}, eax", code => code.MoveMask(mask, X64Register.Rax));
            Same($"kmovw k{mask}, edi", code => code.MoveMask(mask, X64Register.Rdi));
        }
    }

    [Fact]
    public void Jumps_and_returns()
    {
        var code = new X64Assembler();
        code.Compare(X64Register.R9, 0);
        int skip = code.JumpForwardIfZero();
        int again = code.Here;
        code.Subtract(X64Register.R9, 1);
        code.JumpIfNotZero(again);
        code.Land(skip);
        code.ReturnFromVectors();
        List<Iced.Intel.Instruction> instructions = Disassembly.Of(code.ToArray());
        Assert.Equal(["cmp", "je", "sub", "jne", "vzeroupper", "ret"], instructions.Select(instruction => Disassembly.Text(instruction).Split(' ')[0]));
        Assert.Equal((instructions[4].IP, instructions[2].IP), (instructions[1].NearBranchTarget, instructions[3].NearBranchTarget));
    }

    [Fact]
    public void Sequences_in_turns_keep_their_orders()
    {
        var code = new X64Assembler();
        code.MoveVector(31, 30);
        code.Interleave(() => Numbered(0, 3), () => Numbered(10, 7));
        code.Interleave(() => Numbered(20, 5), () => Numbered(30, 2));
        code.Interleave(() => Numbered(1, 1), () => { });
        int[] order = [.. Disassembly.Of(code.ToArray()).Where(instruction => instruction.Mnemonic == Iced.Intel.Mnemonic.Add).Select(instruction => (int)instruction.Immediate32)];
        Assert.Equal([0, 10, 11, 1, 12, 13, 2, 14, 15, 16, 20, 21, 22, 30, 23, 24, 31, 1], order);

        void Numbered(int first, int count)
        {
            for (int i = first; i < first + count; i++)
            {
                code.Add(X64Register.Rcx, i);
            }
        }
    }

    private static IEnumerable<X64Memory> Memories()
    {
        foreach (X64Register register in s_bases)
        {
            foreach (int displacement in s_displacements)
            {
                yield return new X64Memory(register, displacement);
                yield return new X64Memory(register, displacement, X64Register.R8);
                yield return new X64Memory(register, displacement, X64Register.Rdx);
            }
        }
    }

    private static void Same(string expected, Action<X64Assembler> emit)
    {
        var code = new X64Assembler();
        emit(code);
        string actual = Disassembly.Single(code.ToArray());
        Assert.True(expected == actual, $"expected {expected}, but the bytes are {actual}");
    }

    private static string Name(X64Register register) => register.ToString().ToLowerInvariant();

    private static string Name(X64Memory memory)
    {
        string index = memory.Index is { } register ? $"+{Name(register)}" : "";
        string displacement = memory.Displacement switch { 0 => "", > 0 => $"+{memory.Displacement}", < 0 => $"{memory.Displacement}" };
        return $"[{Name(memory.Base)}{index}{displacement}]";
    }
}
