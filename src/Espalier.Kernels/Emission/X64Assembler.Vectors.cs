namespace Espalier.Kernels;

/// <content>Instructions on vectors of 512 bits, unless said otherwise. Registers are named by their numbers.</content>
internal sealed partial class X64Assembler
{
    private const int SizeOfVector = 64;

    private enum Prefix
    {
        None = 0,
        Hex66 = 1,
        F3 = 2,
    }

    /// <summary>vmovdqu32 zmm, [from]</summary>
    internal void LoadVector(int to, X64Memory from) => Vector(Prefix.F3, 1, 0x6F, to, 0, from, SizeOfVector);

    /// <summary>vmovdqu32 zmm{mask}{z}, [from]: numbers outside the mask are 0, and their memory is not touched.</summary>
    internal void LoadVector(int to, X64Memory from, int mask) => Vector(Prefix.F3, 1, 0x6F, to, 0, from, SizeOfVector, mask: mask);

    /// <summary>vmovdqu32 [to], zmm</summary>
    internal void StoreVector(X64Memory to, int from) => Vector(Prefix.F3, 1, 0x7F, from, 0, to, SizeOfVector);

    /// <summary>vmovdqu32 xmm, [from]</summary>
    internal void LoadVector128(int to, X64Memory from) => Vector(Prefix.F3, 1, 0x6F, to, 0, from, 16, length: 0);

    /// <summary>vmovdqu32 [to], xmm</summary>
    internal void StoreVector128(X64Memory to, int from) => Vector(Prefix.F3, 1, 0x7F, from, 0, to, 16, length: 0);

    /// <summary>vmovdqu32 [to], ymm</summary>
    internal void StoreVector256(X64Memory to, int from) => Vector(Prefix.F3, 1, 0x7F, from, 0, to, 32, length: 1);

    /// <summary>vextracti32x4 [to], zmm, quarter</summary>
    internal void StoreQuarter(X64Memory to, int from, int quarter)
    {
        Vector(Prefix.Hex66, 3, 0x39, from, 0, to, 16);
        Bytes((byte)quarter);
    }

    /// <summary>vmovdqu32 zmm, zmm</summary>
    internal void MoveVector(int to, int from) => Vector(Prefix.F3, 1, 0x6F, to, 0, from);

    /// <summary>vpbroadcastd zmm, dword [from]</summary>
    internal void BroadcastInt32(int to, X64Memory from) => Vector(Prefix.Hex66, 2, 0x58, to, 0, from, sizeof(int));

    /// <summary>vbroadcasti32x4 zmm, [from]: 16 bytes in each quarter.</summary>
    internal void BroadcastVector128(int to, X64Memory from) => Vector(Prefix.Hex66, 2, 0x5A, to, 0, from, 16);

    /// <summary>vpmovzxbd zmm, [from]: 16 bytes become 32-bit numbers.</summary>
    internal void WidenBytes(int to, X64Memory from) => Vector(Prefix.Hex66, 2, 0x31, to, 0, from, 16);

    /// <summary>vpdpbusd sum, unsignedBytes, signedBytes: adds four products to each of 16 32-bit sums.</summary>
    internal void AddProductsOfBytes(int sum, int unsignedBytes, int signedBytes) => Vector(Prefix.Hex66, 2, 0x50, sum, unsignedBytes, signedBytes);

    /// <summary>vpmaddwd zmm, zmm, zmm: sums of two products of 16-bit numbers.</summary>
    internal void MultiplyInt16(int to, int a, int b) => Vector(Prefix.Hex66, 1, 0xF5, to, a, b);

    /// <summary>vpaddd zmm, zmm, zmm</summary>
    internal void AddInt32(int to, int a, int b) => Vector(Prefix.Hex66, 1, 0xFE, to, a, b);

    /// <summary>vpandd zmm, zmm, dword [b]{1to16}</summary>
    internal void And(int to, int a, X64Memory b) => Vector(Prefix.Hex66, 1, 0xDB, to, a, b, sizeof(int), broadcast: true);

    /// <summary>vpsrlw zmm, from, bits</summary>
    internal void ShiftRightInt16(int to, int from, byte bits)
    {
        Vector(Prefix.Hex66, 1, 0x71, reg: 2, to, from);
        Bytes(bits);
    }

    /// <summary>vpdpbusd sum, unsignedBytes, [signedBytes]</summary>
    internal void AddProductsOfBytes(int sum, int unsignedBytes, X64Memory signedBytes) => Vector(Prefix.Hex66, 2, 0x50, sum, unsignedBytes, signedBytes, SizeOfVector);

    /// <summary>vcvtdq2ps zmm, zmm</summary>
    internal void ConvertToSingle(int to, int from) => Vector(Prefix.None, 1, 0x5B, to, 0, from);

    /// <summary>vcvtps2dq zmm, zmm: half to even.</summary>
    internal void ConvertToInt32(int to, int from) => Vector(Prefix.Hex66, 1, 0x5B, to, 0, from);

    /// <summary>vaddps zmm, zmm, zmm</summary>
    internal void AddSingles(int to, int a, int b) => Vector(Prefix.None, 1, 0x58, to, a, b);

    /// <summary>vmulps zmm, zmm, [b]</summary>
    internal void MultiplySingles(int to, int a, X64Memory b) => Vector(Prefix.None, 1, 0x59, to, a, b, SizeOfVector);

    /// <summary>vmulps zmm, zmm, dword [b]{1to16}</summary>
    internal void MultiplySinglesByOne(int to, int a, X64Memory b) => OneForAll(0x59, to, a, b);

    /// <summary>vsubps zmm, zmm, dword [b]{1to16}</summary>
    internal void SubtractSingles(int to, int a, X64Memory b) => OneForAll(0x5C, to, a, b);

    /// <summary>vminps zmm, zmm, dword [b]{1to16}</summary>
    internal void MinSingles(int to, int a, X64Memory b) => OneForAll(0x5D, to, a, b);

    /// <summary>vmaxps zmm, zmm, dword [b]{1to16}</summary>
    internal void MaxSingles(int to, int a, X64Memory b) => OneForAll(0x5F, to, a, b);

    /// <summary>vpackssdw zmm, zmm, zmm: 16 bits, saturated; in each quarter those of <paramref name="a"/>, then those of <paramref name="b"/>.</summary>
    internal void PackInt32(int to, int a, int b) => Vector(Prefix.Hex66, 1, 0x6B, to, a, b);

    /// <summary>vpackuswb zmm, zmm, zmm: unsigned bytes, saturated; in each quarter those of <paramref name="a"/>, then those of <paramref name="b"/>.</summary>
    internal void PackInt16(int to, int a, int b) => Vector(Prefix.Hex66, 1, 0x67, to, a, b);

    /// <summary>vpaddsw zmm, zmm, [b]: saturated.</summary>
    internal void AddInt16(int to, int a, X64Memory b) => Vector(Prefix.Hex66, 1, 0xED, to, a, b, SizeOfVector);

    /// <summary>vpermd zmm, index, from</summary>
    internal void PermuteInt32(int to, int index, int from) => Vector(Prefix.Hex66, 2, 0x36, to, index, from);

    /// <summary>vpshufb zmm, from, index: within each quarter.</summary>
    internal void ShuffleBytes(int to, int from, int index) => Vector(Prefix.Hex66, 2, 0x00, to, from, index);

    /// <summary>vpshufd zmm, from, order: within each quarter.</summary>
    internal void ShuffleInt32(int to, int from, byte order)
    {
        Vector(Prefix.Hex66, 1, 0x70, to, 0, from);
        Bytes(order);
    }

    /// <summary>kmovw mask, from</summary>
    /// <param name="mask">k1 to k7.</param>
    /// <param name="from">rax, rcx, rdx or rdi: others need a longer prefix.</param>
    internal void MoveMask(int mask, X64Register from) => Bytes(0xC5, 0xF8, 0x92, Direct(mask, (int)from));

    /// <summary>Two registers and one 32-bit number of memory for all lanes.</summary>
    private void OneForAll(byte opcode, int to, int a, X64Memory b) => Vector(Prefix.None, 1, opcode, to, a, b, sizeof(float), broadcast: true);

    private void Vector(Prefix prefix, int map, byte opcode, int reg, int second, X64Memory memory, int unit, int length = 2, int mask = 0, bool broadcast = false)
    {
        Evex(prefix, map, reg, second, indexBit: (int)(memory.Index ?? 0) >> 3, baseBit: (int)memory.Base >> 3, length, mask, broadcast);
        Bytes(opcode);
        Operand(reg, memory, unit);
    }

    private void Vector(Prefix prefix, int map, byte opcode, int reg, int second, int third)
    {
        Evex(prefix, map, reg, second, indexBit: third >> 4, baseBit: third >> 3, length: 2, mask: 0, broadcast: false);
        Bytes(opcode, Direct(reg, third));
    }

    /// <summary>An EVEX prefix with W = 0; a mask other than 0 sets the lanes outside of it to 0. Register bits are stored inverted.</summary>
    private void Evex(Prefix prefix, int map, int reg, int second, int indexBit, int baseBit, int length, int mask, bool broadcast)
    {
        _starts.Add(Here);
        int registers = (Bit(reg >> 3) << 7) | (Bit(indexBit) << 6) | (Bit(baseBit) << 5) | (Bit(reg >> 4) << 4);
        Bytes(
            0x62,
            (byte)((~registers & 0xF0) | map),
            (byte)(((~second & 0xF) << 3) | 0x04 | (int)prefix),
            (byte)((mask == 0 ? 0 : 0x80 | mask) | (length << 5) | (broadcast ? 0x10 : 0) | (Bit(~(second >> 4)) << 3)));
    }
}
