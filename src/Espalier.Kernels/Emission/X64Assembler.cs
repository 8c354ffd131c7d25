using System.Buffers.Binary;

namespace Espalier.Kernels;

/// <summary>Encodes the few x86-64 instructions that emitted kernels consist of (Intel's manual, volume 2: chapter 2 for REX and EVEX prefixes, the instruction's page for its opcode): here those on general registers.</summary>
internal sealed partial class X64Assembler
{
    private readonly List<byte> _code = new(4096);
    private readonly List<int> _starts = []; // of instructions on general registers and vectors

    /// <summary>The bytes so far.</summary>
    internal byte[] ToArray() => [.. _code];

    /// <summary>Emits two sequences of instructions, without jumps and independent of each other, in turns, so that the processor works on both.</summary>
    internal void Interleave(Action first, Action second)
    {
        int start = Here;
        (byte[][] a, byte[][] b) = (Cut(first, start), Cut(second, start));
        int taken = 0;
        for (int i = 0; i < a.Length; i++)
        {
            Bytes(a[i]);
            for (; taken < b.Length * (i + 1) / a.Length; taken++)
            {
                Bytes(b[taken]);
            }
        }
    }

    /// <summary>The place of the next instruction, to jump back to.</summary>
    internal int Here => _code.Count;

    /// <summary>mov to, from</summary>
    internal void Move(X64Register to, X64Register from) => Wide(0x89, (int)from, to);

    /// <summary>mov to, qword [from]</summary>
    internal void Load(X64Register to, X64Memory from) => Wide(0x8B, (int)to, from);

    /// <summary>mov to, value</summary>
    internal void Move(X64Register to, int value)
    {
        Wide(0xC7, 0, to);
        Int32(value);
    }

    /// <summary>add to, qword [term]</summary>
    internal void Add(X64Register to, X64Memory term) => Wide(0x03, (int)to, term);

    /// <summary>add to, value</summary>
    internal void Add(X64Register to, int value)
    {
        Wide(0x81, 0, to);
        Int32(value);
    }

    /// <summary>sub to, value; sets the zero flag for <see cref="JumpIfNotZero"/>.</summary>
    internal void Subtract(X64Register to, int value)
    {
        Wide(0x81, 5, to);
        Int32(value);
    }

    /// <summary>sub to, term</summary>
    internal void Subtract(X64Register to, X64Register term) => Wide(0x29, (int)term, to);

    /// <summary>movsxd to, dword [from]</summary>
    internal void LoadInt32(X64Register to, X64Memory from) => Wide(0x63, (int)to, from);

    /// <summary>movzx to, word [from]</summary>
    internal void LoadUInt16(X64Register to, X64Memory from)
    {
        _starts.Add(Here);
        Bytes((byte)(0x48 | (((int)to >> 3) << 2) | (((int)(from.Index ?? 0) >> 3) << 1) | ((int)from.Base >> 3)), 0x0F, 0xB7);
        Operand((int)to, from, 1);
    }

    /// <summary>imul to, a, b</summary>
    internal void Multiply(X64Register to, X64Register a, int b)
    {
        Wide(0x69, (int)to, a);
        Int32(b);
    }

    /// <summary>add qword [to], value</summary>
    internal void Add(X64Memory to, int value)
    {
        Wide(0x81, 0, to);
        Int32(value);
    }

    /// <summary>sub qword [to], value; sets the zero flag for <see cref="JumpIfNotZero"/>.</summary>
    internal void Subtract(X64Memory to, int value)
    {
        Wide(0x81, 5, to);
        Int32(value);
    }

    /// <summary>cmp a, value</summary>
    internal void Compare(X64Register a, int value)
    {
        Wide(0x81, 7, a);
        Int32(value);
    }

    /// <summary>jnz to an earlier place.</summary>
    internal void JumpIfNotZero(int target)
    {
        Bytes(0x0F, 0x85);
        Int32(target - (Here + sizeof(int)));
    }

    /// <summary>jz to a later place, which <see cref="Land"/> marks.</summary>
    internal int JumpForwardIfZero()
    {
        Bytes(0x0F, 0x84);
        Int32(0);
        return Here;
    }

    /// <summary>Lets a jump of <see cref="JumpForwardIfZero"/> go here.</summary>
    internal void Land(int jump)
    {
        Span<byte> distance = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(distance, Here - jump);
        for (int i = 0; i < distance.Length; i++)
        {
            _code[jump - sizeof(int) + i] = distance[i];
        }
    }

    /// <summary>ret, behind vzeroupper.</summary>
    internal void ReturnFromVectors()
    {
        Bytes(0xC5, 0xF8, 0x77);
        Bytes(0xC3);
    }

    /// <summary>A 64-bit instruction on two registers; <paramref name="reg"/> may be an opcode's extension.</summary>
    private void Wide(byte opcode, int reg, X64Register rm)
    {
        _starts.Add(Here);
        Bytes((byte)(0x48 | ((reg >> 3) << 2) | ((int)rm >> 3)), opcode, Direct(reg, (int)rm));
    }

    /// <summary>A 64-bit instruction on a register and memory.</summary>
    private void Wide(byte opcode, int reg, X64Memory memory)
    {
        _starts.Add(Here);
        Bytes((byte)(0x48 | ((reg >> 3) << 2) | (((int)(memory.Index ?? 0) >> 3) << 1) | ((int)memory.Base >> 3)), opcode);
        Operand(reg, memory, 1);
    }

    /// <summary>The instructions that an action emits, which are removed again.</summary>
    private byte[][] Cut(Action emit, int start)
    {
        _starts.Clear();
        emit();
        _starts.Add(Here);
        byte[][] instructions = [.. Enumerable.Range(0, _starts.Count - 1).Select(i => _code.GetRange(_starts[i], _starts[i + 1] - _starts[i]).ToArray())];
        _code.RemoveRange(start, Here - start);
        return instructions;
    }

    private static int Bit(int value) => value & 1;

    private static byte Direct(int reg, int rm) => (byte)(0xC0 | ((reg & 7) << 3) | (rm & 7));

    /// <summary>ModRM, SIB and displacement. A displacement that is a multiple of <paramref name="unit"/> takes one byte if its quotient does (EVEX: disp8*N).</summary>
    private void Operand(int reg, X64Memory memory, int unit)
    {
        int low = (int)memory.Base & 7;
        if (low is 4 or 5)
        {
            throw new NotSupportedException($"{memory.Base} is no base register of emitted code."); // rsp and r12 need another form, and so do rbp and r13
        }

        int quotient = memory.Displacement / unit;
        bool isShort = memory.Displacement % unit == 0 && quotient is >= sbyte.MinValue and <= sbyte.MaxValue;
        int mode = memory.Displacement == 0 ? 0 : isShort ? 1 : 2;
        if (memory.Index is { } index)
        {
            Bytes((byte)((mode << 6) | ((reg & 7) << 3) | 4), (byte)((((int)index & 7) << 3) | low));
        }
        else
        {
            Bytes((byte)((mode << 6) | ((reg & 7) << 3) | low));
        }

        if (mode == 1)
        {
            Bytes((byte)quotient);
        }
        else if (mode == 2)
        {
            Int32(memory.Displacement);
        }
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }
}
