using System.Buffers.Binary;

namespace Espalier.Kernels;

/// <summary>Encodes the few x86-64 instructions that emitted kernels consist of (Intel's manual, volume 2: chapter 2 for REX and EVEX prefixes, the instruction's page for its opcode).</summary>
internal sealed class X64Assembler
{
    private const int SizeOfVector = 64;
    private readonly List<byte> _code = new(4096);

    /// <summary>The bytes so far.</summary>
    internal byte[] ToArray() => [.. _code];

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

    /// <summary>vmovdqu32 zmm, [from]</summary>
    internal void LoadVector(int to, X64Memory from) => Vector(Prefix.F3, 1, 0x6F, to, 0, from, SizeOfVector);

    /// <summary>vmovdqu32 [to], zmm</summary>
    internal void StoreVector(X64Memory to, int from) => Vector(Prefix.F3, 1, 0x7F, from, 0, to, SizeOfVector);

    /// <summary>vmovdqu32 xmm, [from]</summary>
    internal void LoadVector128(int to, X64Memory from) => Vector(Prefix.F3, 1, 0x6F, to, 0, from, 16, length: 0);

    /// <summary>vmovdqu32 [to], xmm</summary>
    internal void StoreVector128(X64Memory to, int from) => Vector(Prefix.F3, 1, 0x7F, from, 0, to, 16, length: 0);

    /// <summary>vmovdqu32 zmm, zmm</summary>
    internal void MoveVector(int to, int from)
    {
        Evex(Prefix.F3, 1, to, 0, indexBit: from >> 4, baseBit: from >> 3, length: 2);
        Bytes(0x6F, Direct(to, from));
    }

    /// <summary>vpbroadcastd zmm, dword [from]</summary>
    internal void BroadcastInt32(int to, X64Memory from) => Vector(Prefix.Hex66, 2, 0x58, to, 0, from, sizeof(int));

    /// <summary>vpdpbusd sum, unsignedBytes, signedBytes: adds four products to each of 16 32-bit sums.</summary>
    internal void AddProductsOfBytes(int sum, int unsignedBytes, int signedBytes)
    {
        Evex(Prefix.Hex66, 2, sum, unsignedBytes, indexBit: signedBytes >> 4, baseBit: signedBytes >> 3, length: 2);
        Bytes(0x50, Direct(sum, signedBytes));
    }

    private enum Prefix
    {
        Hex66 = 1,
        F3 = 2,
    }

    /// <summary>A 64-bit instruction on two registers; <paramref name="reg"/> may be an opcode's extension.</summary>
    private void Wide(byte opcode, int reg, X64Register rm) => Bytes((byte)(0x48 | ((reg >> 3) << 2) | ((int)rm >> 3)), opcode, Direct(reg, (int)rm));

    /// <summary>A 64-bit instruction on a register and memory.</summary>
    private void Wide(byte opcode, int reg, X64Memory memory)
    {
        Bytes((byte)(0x48 | ((reg >> 3) << 2) | (((int)(memory.Index ?? 0) >> 3) << 1) | ((int)memory.Base >> 3)), opcode);
        Operand(reg, memory, 1);
    }

    private void Vector(Prefix prefix, int map, byte opcode, int reg, int second, X64Memory memory, int unit, int length = 2)
    {
        Evex(prefix, map, reg, second, indexBit: (int)(memory.Index ?? 0) >> 3, baseBit: (int)memory.Base >> 3, length);
        Bytes(opcode);
        Operand(reg, memory, unit);
    }

    /// <summary>An EVEX prefix with W = 0, without mask and broadcast. Register bits are stored inverted.</summary>
    private void Evex(Prefix prefix, int map, int reg, int second, int indexBit, int baseBit, int length)
    {
        int registers = (Bit(reg >> 3) << 7) | (Bit(indexBit) << 6) | (Bit(baseBit) << 5) | (Bit(reg >> 4) << 4);
        Bytes(
            0x62,
            (byte)((~registers & 0xF0) | map),
            (byte)(((~second & 0xF) << 3) | 0x04 | (int)prefix),
            (byte)((length << 5) | (Bit(~(second >> 4)) << 3)));
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
