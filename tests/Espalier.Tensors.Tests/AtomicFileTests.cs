using System.Runtime.InteropServices;
using System.Text;
using Espalier.Testing;

namespace Espalier.Tensors.Tests;

/// <summary>Files are old or new, never torn, and nothing is left behind.</summary>
public class AtomicFileTests
{
    [Fact]
    public void Makes_a_new_file()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a"], Writes("new"));
        Assert.Equal("new", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void Replaces_a_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "old and longer");
        AtomicFile.Write(folder["a"], Writes("new"));
        Assert.Equal("new", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void Drafts_of_a_killed_writer_are_deleted_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (ReadOnlySpan<string>)["a", ".a.0123abcd.tmp", ".a.ffffffff.tmp", ".b.0123abcd.tmp", "a.tmp", ".a.mine.tmp", ".a.b.0123abcd.tmp"])
        {
            File.WriteAllText(folder[name], "");
        }

        AtomicFile.DeleteDrafts(folder["a"]);
        Assert.Equal([".a.b.0123abcd.tmp", ".a.mine.tmp", ".b.0123abcd.tmp", "a", "a.tmp"], folder.Files.Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Faults: the draft of a read-only file, for a user who is not root")]
    public void The_draft_of_a_read_only_file_is_deleted()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("needs setfsuid");
            return; // the compiler does not know that the line above throws
        }

        using var folder = new TemporaryFolder();
        string draft = folder[".a.0123abcd.tmp"];
        File.WriteAllText(draft, "abandoned");
        File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        AtomicFile.DeleteDrafts(folder["b"]); // what that needs is loaded by now
        Assert.Null(AsNobody(() => AtomicFile.DeleteDrafts(folder["a"])));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void A_writer_deletes_what_killed_ones_have_left_but_not_what_another_is_writing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[".a.0123abcd.tmp"], "abandoned");
        AtomicFile.Write(folder["a"], first =>
        {
            string draft = Assert.Single(folder.Files); // the abandoned one is gone
            AtomicFile.Write(folder["a"], Writes("second"));
            Assert.Equal([draft, "a"], folder.Files);
            AtomicFile.DeleteDrafts(folder["a"]);
            Assert.Equal([draft, "a"], folder.Files);
            Writes("first")(first);
        });
        Assert.Equal("first", File.ReadAllText(folder["a"])); // the last to end
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public async Task Many_writers_and_readers_at_once_see_whole_files_only()
    {
        using var folder = new TemporaryFolder();
        string[] contents = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 10_000))];
        AtomicFile.Write(folder["a"], Writes(contents[0]));
        await Parallel.ForAsync(0, 8, TestContext.Current.CancellationToken, (i, _) =>
        {
            for (int round = 0; round < 50; round++)
            {
                if (i < contents.Length)
                {
                    AtomicFile.Write(folder["a"], Writes(contents[i]));
                }
                else
                {
                    Assert.Contains(File.ReadAllText(folder["a"]), contents);
                }
            }

            return ValueTask.CompletedTask;
        });
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void The_old_file_is_there_until_all_is_written()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "old");
        AtomicFile.Write(folder["a"], stream =>
        {
            Writes("new")(stream);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder["a"]));
        });
        Assert.Equal("new", File.ReadAllText(folder["a"]));
    }

    [Fact]
    public void A_process_that_ends_at_once_discards_what_it_has_not_finished()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.txt"), "old");

        Assert.Throws<EspalierException>(() => AtomicFile.Write(folder.File("a.txt"), stream =>
        {
            stream.WriteByte(1);
            AtomicFile.Write(folder.File("b.txt"), other => other.WriteByte(2));
            AtomicFile.DiscardUnfinished();
            Assert.Equal([folder.File("a.txt"), folder.File("b.txt")], Directory.GetFiles(folder.Path).Order());
        }));

        Assert.Equal("old", File.ReadAllText(folder.File("a.txt")));
    }

    [Fact]
    public void An_error_while_writing_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "old");
        var full = new IOException("No space left on device");
        var error = Assert.Throws<EspalierException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            Writes("half of the n")(stream);
            throw full;
        }));
        Assert.Equal($"cannot write {folder["a"]}: No space left on device", error.Message);
        Assert.Same(full, error.InnerException);
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void An_error_that_is_not_the_disks_goes_through_as_it_is()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["a"], _ => throw new InvalidOperationException()));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void A_missing_folder_is_an_error_of_one_line()
    {
        using var folder = new TemporaryFolder();
        AssertCannotWrite(Path.Combine(folder["nowhere"], "a"));
    }

    [Fact]
    public void A_folder_cannot_be_replaced() => AssertCannotWrite(Path.GetTempPath());

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_an_error_of_one_line()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user whom file permissions stop");
        using var folder = new TemporaryFolder();
#pragma warning disable CA1416 // skipped on Windows above
        Directory.CreateDirectory(folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        AssertCannotWrite(Path.Combine(folder["locked"], "a"));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    [InlineData("/proc/self/comm")]
    public void A_device_is_not_replaced(string path)
    {
        Assert.SkipUnless(File.Exists(path), $"needs {path}");
        AssertCannotWrite(path);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_symbolic_link_stays_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["real"], "old");
        File.CreateSymbolicLink(folder["link"], "real");
        AtomicFile.Write(folder["link"], Writes("new"));
        Assert.Equal("real", new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder["real"]));
    }

    [Fact]
    public void The_new_file_may_be_read_by_whom_the_old_one_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix permissions");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "old");
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
#pragma warning disable CA1416 // skipped on Windows above
        File.SetUnixFileMode(folder["a"], Private);
        AtomicFile.Write(folder["a"], Writes("new"));
        Assert.Equal(Private, File.GetUnixFileMode(folder["a"]));
#pragma warning restore CA1416
    }

    private static Action<Stream> Writes(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    private static void AssertCannotWrite(string path)
    {
        string message = Assert.Throws<EspalierException>(() => AtomicFile.Write(path, Writes("new"))).Message;
        Assert.StartsWith($"cannot write {path}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    /// <summary>Runs something on a thread without root's rights to files, if it has them.</summary>
    private static Exception? AsNobody(Action action)
    {
        const uint Nobody = 65534;
        Exception? error = null;
        uint user = SetFileUser(uint.MaxValue); // no user: it stays
        var thread = new Thread(() =>
        {
            _ = SetFileUser(user == 0 ? Nobody : user);
            error = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        return error;
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetFileUser(uint user);
}
