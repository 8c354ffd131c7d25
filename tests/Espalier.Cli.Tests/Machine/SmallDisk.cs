using System.Diagnostics;
using System.Globalization;

namespace Espalier.Cli.Tests.Machine;

/// <summary>A small disk of its own (tmpfs) that can be filled and made read-only. The test is skipped where it cannot be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Block = 4096; // bytes, what a file takes at least
    private const int Size = 48 << 20;

    private readonly TemporaryFolder _folder = new();

    internal SmallDisk()
    {
        Child.Require();
        (int code, string error) = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Size}"), "tmpfs", _folder.Path);
        if (code != 0)
        {
            _folder.Dispose();
            Assert.Skip($"no tmpfs can be mounted here: {error.Trim()}");
        }
    }

    /// <summary>The folder that the files are written to, on the disk.</summary>
    internal string Path
    {
        get
        {
            string path = System.IO.Path.Combine(_folder.Path, "work");
            Directory.CreateDirectory(path);
            return path;
        }
    }

    private string Filler => _folder["filler"];

    /// <summary>Deletes what fills the disk.</summary>
    internal void Free() => File.Delete(Filler);

    /// <summary>Fills the disk so that some bytes are left.</summary>
    internal void Fill(long left)
    {
        Free();
        byte[] block = new byte[Block];
        using (var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                file.SetLength(Math.Max(0, (file.Position / Block * Block) - (left / Block * Block)));
            }
        }
    }

    internal void MakeReadOnly() => Assert.Equal((0, ""), Run("mount", "-o", "remount,ro", _folder.Path));

    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    private static (int Code, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
