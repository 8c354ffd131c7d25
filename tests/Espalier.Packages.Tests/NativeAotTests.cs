using System.Globalization;
using System.Runtime.InteropServices;

namespace Espalier.Packages.Tests;

public sealed class NativeAotTests(PackedSolution solution)
{
    private const string Level = "native"; // so that the kernels are those of the JIT compiler, and with them every bit of the answer

    [Fact]
    public async Task Compiled_ahead_of_time_without_a_warning_it_gives_the_same_answer_to_the_bit()
    {
        SkipWithoutLinker();
        string jit = await FreshProject.RunOnJit(solution);
        string native = await RunNative(FreshProject.Packages, $"<PropertyGroup><IlcInstructionSet>{Level}</IlcInstructionSet></PropertyGroup>", jit);

        Assert.Equal(FreshProject.Values(jit, "vectors"), FreshProject.Values(native, "vectors"));
        Assert.Equal(10, FreshProject.Values(native, "logit").Length);
        Assert.Equal(FreshProject.Values(jit, "logit"), FreshProject.Values(native, "logit"));
        Assert.Equal(["none"], FreshProject.Values(native, "advice"));
        AssertSameIntegers(jit, native);
    }

    [Fact]
    public async Task Every_library_compiles_whole_without_a_warning_and_a_baseline_program_advises()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_FULL") == "1", "takes minutes: ESPALIER_FULL=1 runs it");
        SkipWithoutLinker();
        string[] libraries = [.. Directory.GetFiles(solution.Packages, "*.nupkg").Select(Path.GetFileName).Select(name => name!.Replace($".{PackedSolution.Version}.nupkg", "", StringComparison.Ordinal)).Where(name => name is not ("Espalier.Cli" or "Espalier.ImageSharp" or "Espalier.Accelerated"))]; // ImageSharp has warnings, the accelerator makes code at run time; the command line, which has the former, is compiled by publish/native
        string roots = string.Concat(libraries.Select(library => $"""<TrimmerRootAssembly Include="{PackedSolution.AssemblyOf(library)}" />"""));
        string jit = await FreshProject.RunOnJit(solution);
        string native = await RunNative(libraries, $"<ItemGroup>{roots}</ItemGroup>", jit);

        float[] expected = Logits(jit), found = Logits(native);
        Assert.Equal(10, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5f * expected.Max(MathF.Abs)));
        string[] wide = FreshProject.Values(jit, "vectors"), narrow = FreshProject.Values(native, "vectors");
        Assert.Equal(["vector128"], narrow);
        Assert.Equal(wide[0] != narrow[0], FreshProject.Values(native, "advice")[0].Contains("publish it with -p:IlcInstructionSet=x86-64-v", StringComparison.Ordinal));
        AssertSameIntegers(jit, native);
    }

    /// <summary>The 8-bit network that the JIT compiler's program wrote has the same answer to the bit, whatever the vectors: its kernels are emitted code in both, or plain ones.</summary>
    private static void AssertSameIntegers(string jit, string native)
    {
        Assert.Equal(10, FreshProject.Values(jit, "integer").Length);
        Assert.Equal(FreshProject.Values(jit, "file"), FreshProject.Values(native, "file"));
        Assert.Equal(FreshProject.Values(jit, "integer"), FreshProject.Values(native, "integer"));
    }

    private async Task<string> RunNative(string[] packages, string elements, string jit)
    {
        string folder = solution.NewProject(packages, $"<PropertyGroup><PublishAot>true</PublishAot><TrimmerSingleWarn>false</TrimmerSingleWarn></PropertyGroup>{elements}");
        Command publish = (await Command.Run(folder, solution.Environment, Command.Dotnet, "publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", "out")).Succeeded();
        Assert.DoesNotContain("warning", publish.Out + publish.Error, StringComparison.OrdinalIgnoreCase);

        string program = Path.Combine(folder, "out", OperatingSystem.IsWindows() ? "Fresh.exe" : "Fresh");
        Assert.False(File.Exists(Path.Combine(folder, "out", "Espalier.Inference.dll")), "the program is not one file");
        return (await Command.Run(folder, solution.Environment, program, Path.Combine(folder, "mine.espalier"), FreshProject.Values(jit, "file")[0])).Succeeded().Out;
    }

    private static float[] Logits(string output) => [.. FreshProject.Values(output, "logit").Select(line => float.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];

    internal static void SkipWithoutLinker()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(OperatingSystem.IsWindows() || folders.Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc"))), "NativeAOT links with clang or gcc, and there is neither");
    }
}
