using Iced.Intel;

namespace Espalier.Kernels.Tests;

/// <summary>Machine code as Iced reads it.</summary>
internal static class Disassembly
{
    /// <summary>The instructions of code; fails if some bytes are none.</summary>
    internal static List<Instruction> Of(byte[] code)
    {
        var decoder = Decoder.Create(64, code);
        var instructions = new List<Instruction>();
        while (decoder.IP < (ulong)code.Length)
        {
            Instruction instruction = decoder.Decode();
            Assert.False(instruction.IsInvalid, $"no instruction at {instruction.IP} of {Convert.ToHexString(code)}");
            instructions.Add(instruction);
        }

        return instructions;
    }

    /// <summary>The text of the only instruction of code, in Intel's notation.</summary>
    internal static string Single(byte[] code) => Text(Assert.Single(Of(code)));

    internal static string Text(Instruction instruction)
    {
        var output = new StringOutput();
        var formatter = new IntelFormatter();
        formatter.Options.SpaceAfterOperandSeparator = true;
        formatter.Options.HexPrefix = "0x";
        formatter.Options.HexSuffix = "";
        formatter.Options.SmallHexNumbersInDecimal = true;
        formatter.Options.NumberBase = NumberBase.Decimal;
        formatter.Options.MemorySizeOptions = MemorySizeOptions.Never;
        formatter.Options.SignedImmediateOperands = true;
        formatter.Format(instruction, output);
        return output.ToString();
    }
}
