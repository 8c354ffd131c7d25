using System.Globalization;
using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Limits on memory: one clear error, and no file that is not whole.</summary>
public sealed class MemoryLimitTests(Workplace files)
{
    [Theory]
    [InlineData("bench", "resnet18", "--batch", "64", "--repeat", "1", "--threads", "1")]
    [InlineData("fold", "resnet50", "--dry-run")]
    [InlineData("sensitivity", "resnet18", "--samples", "4")]
    public async Task A_limit_of_the_heap_is_one_error(params string[] arguments)
    {
        Child.Require();
        CliRun run = await Child.Run(arguments, ("DOTNET_GCHeapHardLimit", "0x5000000")); // 80 MiB
        Assert.True(run.Code == ExitCode.UserError, $"{run.Code}: {run.Error}");
        Assert.Matches("^espalier: not enough memory(: a block of [0-9,]+ bytes was needed)?; a smaller", run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_needed_is_named()
    {
        Child.Require();
        CliRun run = await Child.Run(["bench", "resnet18", "--batch", "256", "--repeat", "1", "--threads", "1"], ("DOTNET_GCHeapHardLimit", "0x10000000")); // 256 MiB
        Assert.Matches("^espalier: not enough memory: a block of [0-9,]{9,} bytes was needed; a smaller --batch or --input needs less\n$", run.Error);
    }

    [Fact]
    public async Task A_limit_of_the_address_space_is_one_error_where_the_runtime_itself_has_enough()
    {
        Child.Require();
        using Child child = Child.StartAfter("ulimit -v 4000000", ["bench", "resnet50", "--batch", "256", "--repeat", "1", "--threads", "1"]);
        CliRun run = await child.End();
        Assert.True(run.Code == ExitCode.UserError, $"{run.Code}: {run.Error}");
        Assert.Contains("espalier: not enough memory", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_whole_under_any_limit()
    {
        Child.Require();
        Random random = Chance.Of("limits");
        using var folder = new TemporaryFolder();
        WritingCase @case = WritingCase.All["convert to a compact model file"];
        foreach (int megabytes in Enumerable.Range(0, Chance.Rounds(3)).Select(_ => random.Next(500, 3000)))
        {
            File.WriteAllText(folder["out.espalier"], WholeFiles.Old);
            using Child child = Child.StartAfter(string.Create(CultureInfo.InvariantCulture, $"ulimit -c 0; ulimit -v {megabytes}000"), @case.Arguments(files, folder.Path));
            CliRun run = await child.End();
            Assert.True(run.Code == ExitCode.Success || run.Error.Length > 0, $"{megabytes} MB: {run.Code}");
            WholeFiles.Require(folder.Path, $"{megabytes} MB: {run.Code}");
        }

        Assert.Equal(ExitCode.Success, (await @case.Run(files, folder.Path)).Code);
        WholeFiles.RequireNoneTemporary(folder.Path, "after a run without a limit");
    }
}
