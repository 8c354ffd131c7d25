namespace Espalier.Packages.Tests;

/// <summary>The start that picks a program for the processor, with programs that only tell which of them it was.</summary>
public sealed class LauncherTests(PackedSolution solution)
{
    private const string Flags2 = "fpu sse sse2 ssse3 cx16 sse4_1 sse4_2 popcnt";
    private const string Flags3 = Flags2 + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave";
    private const string Flags4 = Flags3 + " avx512f avx512dq avx512cd avx512bw avx512vl";
    private static readonly string[] All = ["x86-64-v2", "x86-64-v3", "x86-64-v4", "arm64"];

    public static TheoryData<string, string> Processors => new()
    {
        { $"flags\t\t: {Flags2}", "x86-64-v2" },
        { $"flags\t\t: {Flags2} avx", "x86-64-v2" },
        { $"flags\t\t: {Flags3}", "x86-64-v3" },
        { $"flags\t\t: {Flags3} avx512f avx512dq avx512cd avx512bw", "x86-64-v3" },
        { $"flags\t\t: {Flags4}", "x86-64-v4" },
        { "Features\t: fp asimd evtstrm aes", "arm64" },
    };

    [Theory]
    [MemberData(nameof(Processors))]
    public async Task The_widest_that_the_processor_has_is_started(string line, string expected)
    {
        Command command = (await Start(All, line, "summary", "two words")).Succeeded();
        Assert.Equal($"{expected} <summary><two words>", command.Out.Trim());
        Assert.Empty(command.Error);
    }

    [Fact]
    public async Task The_exit_code_is_the_programs() => Assert.Equal(3, (await Start(All, $"flags\t\t: {Flags4}", "exit", "3")).Code);

    [Fact]
    public async Task Where_one_is_missing_the_next_narrower_is_started() =>
        Assert.StartsWith("x86-64-v2 ", (await Start(["x86-64-v2", "arm64"], $"flags\t\t: {Flags4}")).Succeeded().Out, StringComparison.Ordinal);

    [Theory]
    [InlineData("Features\t: fp asimd", "this processor runs arm64 and")]
    [InlineData("flags\t\t: fpu sse sse2", "this processor runs none of the programs that there are")]
    public async Task Where_none_runs_it_says_so(string line, string message)
    {
        Command command = await Start(["x86-64-v2"], line);
        Assert.Equal(2, command.Code);
        Assert.Empty(command.Out);
        Assert.Contains(message, command.Error, StringComparison.Ordinal);
        Assert.Single(command.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task It_is_found_through_a_link()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the programs are Linux's");
        string folder = Programs(All), elsewhere = solution.NewFolder();
        File.CreateSymbolicLink(Path.Combine(elsewhere, "espalier"), Path.Combine(folder, "espalier"));
        Assert.StartsWith("x86-64-v4 ", (await Start(elsewhere, $"flags\t\t: {Flags4}")).Succeeded().Out, StringComparison.Ordinal);
    }

    private Task<Command> Start(string[] programs, string line, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the programs are Linux's");
        return Start(Programs(programs), line, arguments);
    }

    private static async Task<Command> Start(string folder, string line, params string[] arguments)
    {
        string information = Path.Combine(folder, "cpuinfo");
        await File.WriteAllTextAsync(information, $"processor\t: 0\nmodel name\t: Example\n{line}\nbogomips\t: 1\n\nprocessor\t: 1\n{line}\n");
        return await Command.Run(folder, new Dictionary<string, string> { ["ESPALIER_CPUINFO"] = information }, "sh", [Path.Combine(folder, "espalier"), .. arguments]);
    }

    private string Programs(string[] names)
    {
        string folder = solution.NewFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "publish", "espalier"), Path.Combine(folder, "espalier"));
        foreach (string name in names)
        {
            string file = Path.Combine(folder, $"espalier-{name}");
            File.WriteAllText(file, $"#!/bin/sh\n[ \"$1\" = exit ] && exit \"$2\"\nprintf '{name} '\nfor argument; do printf '<%s>' \"$argument\"; done\n");
#pragma warning disable CA1416 // Linux, as Start has checked
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        }

        return folder;
    }
}
