using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Disks that are full or read-only, targets that are folders, folders that vanish: one clear error, old files as they were, nothing half-written.</summary>
public sealed class DiskTests(Workplace files)
{
    public static TheoryData<string> Cases => WritingCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public async Task A_full_disk(string name)
    {
        WritingCase @case = WritingCase.All[name];
        FullRun.Require(@case.IsSlow, "minutes");
        FullRun.RequireOneOf(3, $"full disk {name}");
        using var disk = new SmallDisk();
        long largest = await Largest(@case);
        foreach (long left in largest > 16_384 ? [0, largest / 2] : (long[])[0])
        {
            foreach (bool withOld in @case.Files.Length > 0 && !@case.Resumes ? [false, true] : (bool[])[false])
            {
                disk.Free();
                await RequireFailure(@case, disk.Path, withOld, () => disk.Fill(left), "No space left on device", someFit: left > 0 && @case.Files.Length > 1);
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_read_only_disk(string name)
    {
        using var disk = new SmallDisk();
        WritingCase @case = WritingCase.All[name];
        await RequireFailure(@case, disk.Path, withOld: !@case.Resumes, disk.MakeReadOnly, "Read-only file system");
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_target_that_is_a_folder(string name)
    {
        WritingCase @case = WritingCase.All[name];
        FullRun.Require(@case.IsSlow, "minutes");
        Assert.SkipWhen(@case.Files.Length == 0, "its name is not chosen by the user");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[@case.Files[0]]);
        CliRun run = await @case.Run(files, folder.Path);
        RequireOneError(run, folder[@case.Files[0]]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder[@case.Files[0]]));
        WholeFiles.RequireNoneTemporary(folder.Path, "", partsToo: false);
    }

    [Fact]
    public async Task A_folder_that_vanishes_during_a_training()
    {
        Child.Require();
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        using Child child = Child.Start(VerbCase.Of("Train").Lasting!(files, run));
        await child.Wait(() => File.Exists(Path.Combine(run, "history.csv")), TimeSpan.Zero);
        Directory.Move(run, folder["elsewhere"]);
        RequireOneError(await child.End(), run);
        Assert.Equal(["elsewhere"], folder.Files);
    }

    private async Task RequireFailure(WritingCase @case, string folder, bool withOld, Action spoil, string reason, bool someFit = false)
    {
        foreach (string path in withOld ? @case.Files.Select(file => Path.Combine(folder, file)) : [])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, WholeFiles.Old);
        }

        string[] before = Content(folder);
        spoil();
        CliRun run = await @case.Run(files, folder);
        RequireOneError(run, reason);
        if (someFit)
        {
            WholeFiles.Require(folder, "on a full disk"); // one after the other: the first are written
            WholeFiles.RequireNoneTemporary(folder, "on a full disk", partsToo: false);
        }
        else
        {
            Assert.Equal(before, Content(folder));
        }
    }

    private async Task<long> Largest(WritingCase @case)
    {
        using var folder = new TemporaryFolder();
        CliRun run = await @case.Run(files, folder.Path);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        return WholeFiles.Files(folder.Path).Max(file => new FileInfo(file).Length);
    }

    /// <summary>Each file with the beginning of its content; the part of a download and the request of a pruning may be added.</summary>
    private static string[] Content(string folder) =>
        [.. WholeFiles.Files(folder).Where(file => Path.GetExtension(file) != ".part" && Path.GetFileName(file) != "command.txt").Select(file => $"{file}: {new FileInfo(file).Length} {File.ReadAllText(file)[..Math.Min(80, (int)new FileInfo(file).Length)]}")];

    private static void RequireOneError(CliRun run, string reason)
    {
        string text = $"{run.Code}: {run.Error}";
        Assert.True(run.Code == ExitCode.UserError, text);
        string error = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("espalier: ", StringComparison.Ordinal));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("cannot ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
