namespace Espalier.Kernels.Tests;

public sealed class VectorAdviceTests
{
    [Theory]
    [InlineData("vector128", "avx512", "128 bits", "512", "x86-64-v4")]
    [InlineData("vector128", "avx2", "128 bits", "256", "x86-64-v3")]
    [InlineData("avx2", "avx512", "256 bits", "512", "x86-64-v4")]
    public void A_program_compiled_for_narrower_vectors_is_told_what_to_publish_for(string used, string offered, string has, string could, string level)
    {
        string? advice = VectorAdvice.For(Named(used), Named(offered), isCompiledAtRunTime: false);
        Assert.NotNull(advice);
        Assert.Contains($"vectors of {has} and this processor has {could}", advice, StringComparison.Ordinal);
        Assert.EndsWith($"-p:IlcInstructionSet={level}", advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', advice);
    }

    [Theory]
    [InlineData("avx512", "avx512", false)]
    [InlineData("avx512", "avx2", false)] // it would not have started
    [InlineData("vector128", "vector128", false)]
    [InlineData("vector128", "avx512", true)] // switched off in the runtime
    public void Nothing_is_said_where_nothing_is_gained_or_the_runtime_was_told(string used, string offered, bool isCompiledAtRunTime) =>
        Assert.Null(VectorAdvice.For(Named(used), Named(offered), isCompiledAtRunTime));

    private static InstructionSet Named(string name) => InstructionSet.All.Single(set => set.Name == name);
}
