using System.Globalization;

namespace Espalier.Kernels;

/// <summary>Decides whether a program runs far below its machine's vectors, and says what to do about it.</summary>
internal static class VectorAdvice
{
    private const int BitsOfFloat = 32;

    /// <summary>A sentence, or <see langword="null"/> where nothing is to be gained.</summary>
    /// <param name="used">What the program computes with.</param>
    /// <param name="offered">What the processor has.</param>
    /// <param name="isCompiledAtRunTime">Whether code is compiled at run time, so that narrower vectors can only be due to a setting.</param>
    internal static string? For(InstructionSet used, InstructionSet offered, bool isCompiledAtRunTime)
    {
        if (isCompiledAtRunTime || used.Lanes >= offered.Lanes)
        {
            return null;
        }

        string level = offered == InstructionSet.Avx512 ? "x86-64-v4" : "x86-64-v3";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"this program was compiled for vectors of {used.Lanes * BitsOfFloat} bits and this processor has {offered.Lanes * BitsOfFloat}, so networks run slower than they could; publish it with -p:IlcInstructionSet={level}");
    }
}
