using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>Runs that are ended at random moments, half of them while a file is being written: files are old or new, and the next run ends as an undisturbed one does.</summary>
public sealed class KillTests(Workplace files)
{
    private const int Few = 2;

    public static TheoryData<string> Cases => WritingCase.Names;

    [Fact]
    public void Every_verb_that_writes_is_killed()
    {
        IEnumerable<Type> verbs = typeof(Verb).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Verb)));
        Assert.Equal(verbs.Select(type => type.Name).Order(), WritingCase.All.Values.Select(each => each.Verb).Distinct().Concat(WritingCase.WithoutFiles).Select(type => type.Name).Order());
    }

    [Theory, MemberData(nameof(Cases))]
    public Task After_kill_9(string name)
    {
        FullRun.RequireOneOf(3, $"kill {name}");
        return End(name, Chance.Rounds(Few), (child, _) => child.Kill());
    }

    [Theory, MemberData(nameof(Cases))]
    public Task After_SIGTERM_or_Ctrl_C(string name)
    {
        Child.Require();
        Child.RequireInterrupts();
        FullRun.RequireOneOf(3, $"signal {name}");
        Random random = Chance.Of(name);
        return End(name, Chance.Rounds(1), (child, folder) => random.Next(2) == 0 ? Stop(child, "TERM", ExitCode.Terminated, folder) : Stop(child, "INT", ExitCode.Interrupted, folder));
    }

    private async Task End(string name, int rounds, Func<Child, string, Task> end)
    {
        Child.Require();
        WritingCase @case = WritingCase.All[name];
        FullRun.Require(@case.IsSlow, "minutes");
        Random random = Chance.Of(name);
        using var undisturbed = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        TimeSpan duration = await Whole(@case, undisturbed.Path);
        for (int round = 0; round < rounds; round++)
        {
            Prepare(@case, folder.Path, withOld: round % 4 >= 2);
            string where = $"round {round}";
            using Child child = @case.Start(files, folder.Path);
            bool whileWriting = round % 2 == 1 || rounds == 1;
            await child.Wait(
                () => !whileWriting || WholeFiles.HasTemporary(folder.Path),
                whileWriting ? TimeSpan.FromMilliseconds(random.Next(4)) : duration * random.NextDouble());
            bool done = child.HasExited;
            await end(child, folder.Path);
            WholeFiles.Require(folder.Path, where);
            if (done || (@case.Resumes && @case.Files.All(file => File.Exists(Path.Combine(folder.Path, file)))))
            {
                Clear(folder.Path);
            }
        }

        await Whole(@case, folder.Path);
        foreach (string file in @case.Files.Where(_ => !@case.HasTimes))
        {
            Assert.True(File.ReadAllBytes(undisturbed[file]).AsSpan().SequenceEqual(File.ReadAllBytes(folder[file])), $"{file} differs from that of an undisturbed run");
        }
    }

    private async Task<TimeSpan> Whole(WritingCase @case, string folder)
    {
        using Child child = @case.Start(files, folder);
        CliRun run = await child.End();
        Assert.True(run.Code == ExitCode.Success, $"{run.Code}: {run.Error}");
        WholeFiles.Require(folder, "after a whole run");
        WholeFiles.RequireNoneTemporary(folder, "after a whole run");
        return child.Duration;
    }

    /// <summary>A run that is stopped in an orderly way clears up itself. One that is stopped before it listens, or has nothing more to do, ends as it would.</summary>
    private static async Task Stop(Child child, string signal, int code, string folder)
    {
        child.Signal(signal);
        CliRun run = await child.End();
        Assert.True(run.Code == code || run.Code == ExitCode.Success, $"{run.Code}: {run.Error}");
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", run.Error, StringComparison.Ordinal);
        WholeFiles.RequireNoneTemporary(folder, $"after SIG{signal}", partsToo: false);
    }

    private static void Prepare(WritingCase @case, string folder, bool withOld)
    {
        foreach (string file in @case.Files.Where(_ => !@case.Resumes).Select(file => Path.Combine(folder, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (withOld)
            {
                File.WriteAllText(file, WholeFiles.Old);
            }
            else
            {
                File.Delete(file);
            }
        }
    }

    private static void Clear(string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }
}
