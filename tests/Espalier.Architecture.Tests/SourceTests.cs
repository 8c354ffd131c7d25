using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int Median = 150;
    private const int Long = 350;

    /// <summary>Files above the budget, each with the reason why it is better whole.</summary>
    private static readonly Dictionary<string, string> MayBeLong = [];

    [Fact]
    public void Unsafe_code_stays_in_the_kernels()
    {
        Assert.Equal(
            ["src/Espalier.Kernels/Espalier.Kernels.csproj"],
            Repository.Files("src", "*.csproj").Where(file => Repository.Read(file).Contains("AllowUnsafeBlocks", StringComparison.Ordinal)));
        Assert.Equal(
            [],
            Repository.Files("src", "*.cs").Where(file => !file.StartsWith("src/Espalier.Kernels/", StringComparison.Ordinal) && IsUnsafe(Repository.Read(file))));
        Assert.DoesNotContain("AllowUnsafeBlocks", Repository.Read("Directory.Build.props") + Repository.Read("src/Directory.Build.props"), StringComparison.Ordinal);
    }

    /// <summary>The operating system's calls for memory that may be executed; there is no other native library.</summary>
    [Fact]
    public void Native_code_is_called_for_executable_memory_and_by_the_package_for_MPI_only() => Assert.Equal(
        ["src/Espalier.Distributed/MpiLibrary.cs", "src/Espalier.Kernels/Emission/ExecutableMemory.cs"],
        Repository.Files("src", "*.cs").Order(StringComparer.Ordinal).Where(file => NativeCall().IsMatch(WithoutComments(Repository.Read(file)))));

    [Fact]
    public void Only_the_command_line_prints_and_parses_command_lines() => Assert.Equal(
        [],
        Repository.Files("src", "*.cs")
            .Where(file => !file.StartsWith("src/Espalier.Cli/", StringComparison.Ordinal))
            .Where(file => Printing().IsMatch(WithoutComments(Repository.Read(file)))));

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Half_of_all_files_are_short(string folder)
    {
        int[] lengths = [.. Lengths(folder).Select(file => file.Lines).Order()];
        Assert.True(lengths[lengths.Length / 2] < Median, $"the median is {lengths[lengths.Length / 2]} lines, and {Median} are allowed");
    }

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("samples")]
    public void A_long_file_has_a_reason(string folder) =>
        Assert.Equal([], Lengths(folder).Where(file => file.Lines > Long && !MayBeLong.ContainsKey(file.File)).Select(file => $"{file.File}: {file.Lines} lines"));

    [Fact]
    public void A_reason_that_is_not_needed_any_more_goes() => Assert.Equal(
        [],
        MayBeLong.Keys.Where(file => !File.Exists(Path.Combine(Repository.Root, file)) || Repository.Read(file).Split('\n').Length <= Long));

    [Fact]
    public void A_file_of_the_library_is_named_after_a_type_in_it() => Assert.Equal(
        [],
        Repository.Files("src", "*.cs").Where(file => Path.GetFileName(file) != "Program.cs" && !Declares(Repository.Read(file), Path.GetFileName(file).Split('.')[0])));

    [Fact]
    public void A_types_namespace_is_its_project() => Assert.Equal(
        [],
        Repository.Files("src", "*.cs")
            .Where(file => !file.EndsWith("/Program.cs", StringComparison.Ordinal))
            .Where(file => !Repository.Read(file).Split('\n').Contains($"namespace {file.Split('/')[1]};")));

    private static bool Declares(string source, string type) =>
        Regex.IsMatch(source, $@"\b(class|struct|record|interface|enum|delegate\s+\S+)\s+{Regex.Escape(type)}\b");

    private static IEnumerable<(string File, int Lines)> Lengths(string folder) =>
        Repository.Files(folder, "*.cs").Select(file => (file, Repository.Read(file).Split('\n').Length - 1));

    private static bool IsUnsafe(string source) => Unsafe().IsMatch(WithoutComments(source));

    private static string WithoutComments(string source) => Comment().Replace(source, "");

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bConsole\.|\bSystem\.CommandLine\b|\bSpectre\b")]
    private static partial Regex Printing();

    [GeneratedRegex(@"\b(DllImport|LibraryImport|NativeLibrary)\b")]
    private static partial Regex NativeCall();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();
}
