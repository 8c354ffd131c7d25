using Espalier.Models;

namespace Espalier.Cli.Tests.Machine;

/// <summary>A file of weights that is shortened, overwritten or replaced while it is used: a whole result or one clear error, and no crash.</summary>
public sealed class ChangedFileTests
{
    private const int Few = 2;

    [Theory]
    [InlineData("in.espalier", "shortened")]
    [InlineData("in.espalier", "overwritten")]
    [InlineData("in.espalier", "replaced")]
    [InlineData("in.pth", "shortened")]
    [InlineData("in.pth", "overwritten")]
    [InlineData("in.pth", "replaced")]
    public async Task While_it_is_converted(string name, string how)
    {
        Child.Require();
        Random random = Chance.Of($"{name} {how}");
        using var folder = new TemporaryFolder();
        string input = folder[name];
        Write(folder[$"old{Path.GetExtension(name)}"], 1);
        Write(folder[$"new{Path.GetExtension(name)}"], 2);
        byte[] old = File.ReadAllBytes(folder[$"old{Path.GetExtension(name)}"]);
        byte[] replacement = File.ReadAllBytes(folder[$"new{Path.GetExtension(name)}"]);
        byte[][] allowed = [await Convert(folder, $"old{Path.GetExtension(name)}"), await Convert(folder, $"new{Path.GetExtension(name)}")];
        File.WriteAllBytes(input, old);
        using Child undisturbed = Start(folder, name);
        Assert.Equal(ExitCode.Success, (await undisturbed.End()).Code);
        for (int round = 0; round < Chance.Rounds(Few); round++)
        {
            File.WriteAllBytes(input, old);
            File.Delete(folder["out.safetensors"]);
            using Child child = Start(folder, name);
            bool whileWriting = round % 2 == 0;
            await child.Wait(() => !whileWriting || WholeFiles.HasTemporary(folder.Path), whileWriting ? TimeSpan.FromMilliseconds(random.Next(20)) : undisturbed.Duration * random.NextDouble());
            Change(input, how, replacement, random);
            CliRun run = await child.End();
            string what = $"round {round}, {run.Code}: {run.Error}";
            Assert.True(run.Code is ExitCode.Success or ExitCode.UserError, what);
            WholeFiles.RequireNoneTemporary(folder.Path, what);
            if (run.Code == ExitCode.Success)
            {
                byte[] written = File.ReadAllBytes(folder["out.safetensors"]);
                Assert.True(allowed.Any(each => written.AsSpan().SequenceEqual(each)), $"neither the old weights nor the new ones; {what}");
            }
            else
            {
                Assert.Single(run.Error.Split('\n'), line => line.StartsWith($"espalier: {name}", StringComparison.Ordinal));
                Assert.NotEqual("replaced", how);
                Assert.False(File.Exists(folder["out.safetensors"]));
            }
        }
    }

    private static void Change(string path, string how, byte[] replacement, Random random)
    {
        switch (how)
        {
            case "shortened":
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    file.SetLength(random.NextInt64(file.Length));
                }

                break;
            case "overwritten":
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    file.Write(replacement);
                }

                break;
            default:
                File.WriteAllBytes(path + ".beside", replacement);
                File.Move(path + ".beside", path, overwrite: true);
                break;
        }
    }

    private static Child Start(TemporaryFolder folder, string name) => Child.Start(["convert", folder[name], folder["out.safetensors"]]);

    private static async Task<byte[]> Convert(TemporaryFolder folder, string name)
    {
        using Child child = Start(folder, name);
        CliRun run = await child.End();
        Assert.True(run.Code == ExitCode.Success, run.Error);
        return File.ReadAllBytes(folder["out.safetensors"]);
    }

    private static void Write(string path, ulong seed) => Zoo.Create("resnet18").Initialize(seed).Save(path);
}
