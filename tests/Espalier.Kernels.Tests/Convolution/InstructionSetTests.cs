using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>Every kernel on machines that have less than this one: in child processes whose runtime is told to leave instructions out.</summary>
public sealed class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", "avx2")]
    [InlineData("DOTNET_EnableAVX2", "vector128")]
    [InlineData("DOTNET_EnableHWIntrinsic", "vector128")]
    public void Kernels_agree_with_the_definition_where_instructions_are_missing(string variable, string best)
    {
        FullRun.RequireOneOf(3, variable);
        ChildRun.Of(typeof(KernelSweep), (variable, "0"), (KernelSweep.Expected, best), (InstructionSet.Variable, ""));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_environment_variable_forces_an_instruction_set(string set)
    {
        FullRun.RequireOneOf(3, set);
        ChildRun.Of(typeof(KernelSweep), (InstructionSet.Variable, set), (KernelSweep.Forced, set));
    }

    public static TheoryData<string> Sets() => [.. InstructionSet.All.Where(set => set.IsSupported).Select(set => set.Name)];
}
