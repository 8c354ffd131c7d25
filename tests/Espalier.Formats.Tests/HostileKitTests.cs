namespace Espalier.Formats.Tests;

/// <summary>Files that run code when a careless program loads them. Here they are refused with a word on what they would have called.</summary>
public class HostileKitTests
{
    public static TheoryData<string, string> Files => new()
    {
        { "benign0_v0.pkl", "a plain pickle that holds a list of 3" },
        { "benign0_v4.pkl", "a plain pickle that holds a list of 3" },
        { "broken_model.pkl", "begins with the bytes" },
        { "malicious0.pkl", "a call of __builtin__.apply" },
        { "malicious1.zip", "a call of builtins.eval" },
        { "malicious11.pkl", "a call of os.system" },
        { "malicious13a.pkl", "a call of pickle.loads" },
        { "malicious14.pkl", "a call of runpy._run_code" },
        { "malicious15b.pkl", "a call of bdb.Bdb.run" },
        { "malicious17.pkl", "a call of torch._inductor.codecache.compile_file" },
        { "malicious19.pkl", "a call of something that is not a name" },
        { "malicious1_0x20.zip", "'model/config.pkl' has the flags 0x0020" },
        { "malicious1_central_directory.zip", "'data.pkl' has a different name in its own header" },
        { "malicious1_v3.pkl", "a call of builtins.eval" },
        { "malicious1_wrong_ext.zip", "no data.pkl among its 1 entries (\"data.txt\")" },
        { "malicious2_v0.pkl", "a call of posix.system" },
        { "malicious2_v4.pkl", "a call of posix.system" },
        { "malicious6.pkl", "a plain pickle that holds a list of 3" },
        { "malicious8.pkl", "a call of subprocess.run" },
        { "pytorch_magic_bypass.pt", "a call of __builtin__.eval" },
        { "sys_module_override_sploit.pkl", "begins with the bytes" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_refused_with_a_word_on_what_it_holds(string file, string reason)
    {
        string path = Kit.Path($"formats/hostile/{file}");
        string[] before = Directory.GetFileSystemEntries(Environment.CurrentDirectory);
        var error = Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, Directory.GetFileSystemEntries(Environment.CurrentDirectory));
    }

    [Fact]
    public void A_harmless_file_among_them_is_read()
    {
        StateDict tensors = CheckpointReader.Read(Kit.Path("formats/hostile/new_pytorch_model.bin")).StateDict;
        Assert.Equal("Float32 3x4", Assert.Single(tensors).Value.ToString());
    }

    [Fact]
    public void Every_file_of_the_kit_is_tried() => Assert.Equal(
        Directory.EnumerateFiles(Kit.Path("formats/hostile")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
        Files.Select(row => row.Data.Item1).Append("new_pytorch_model.bin").Order(StringComparer.Ordinal));
}
