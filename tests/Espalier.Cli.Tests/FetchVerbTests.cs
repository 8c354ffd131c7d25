using System.Security.Cryptography;
using System.Text.Json;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

public class FetchVerbTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)new CounterRandom(1).Bits((ulong)i))];

    /// <summary>A name as torch.hub makes them: with the digits of the file's own SHA-256.</summary>
    private static string Name => $"made_up-{Convert.ToHexStringLower(SHA256.HashData(Content))[..8]}";

    [Fact]
    public void A_file_is_fetched_checked_and_found_again()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        CliRun first = Fetch(folder, server, Name);
        CliRun second = Fetch(folder, server, Name);

        string path = folder.File($"{Name}.pth");
        Assert.Equal(ExitCode.Success, first.Code);
        Assert.Equal(path, first.Out.Trim());
        Assert.Equal(path, second.Out.Trim());
        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal([0], server.Starts);
    }

    [Fact]
    public void A_broken_connection_is_resumed_where_it_broke()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content) { BreakAfter = new([100_000]) };

        CliRun run = Fetch(folder, server, Name);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal([0, 100_000], server.Starts);
        Assert.Equal(Content, File.ReadAllBytes(folder.File($"{Name}.pth")));
        Assert.Equal([folder.File($"{Name}.pth")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_later_run_goes_on_from_what_an_earlier_one_left()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);
        File.WriteAllBytes(folder.File($"{Name}.pth.part"), Content[..250_000]);

        Assert.Equal(ExitCode.Success, Fetch(folder, server, Name).Code);

        Assert.Equal([250_000], server.Starts);
        Assert.Equal(Content, File.ReadAllBytes(folder.File($"{Name}.pth")));
    }

    [Fact]
    public void A_server_that_cannot_resume_is_asked_for_all_of_it()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content) { Resumes = false };
        File.WriteAllBytes(folder.File($"{Name}.pth.part"), Content[..250_000]);

        Assert.Equal(ExitCode.Success, Fetch(folder, server, Name).Code);

        Assert.Equal(Content, File.ReadAllBytes(folder.File($"{Name}.pth")));
    }

    [Fact]
    public void A_rest_that_is_longer_than_the_file_is_thrown_away()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);
        File.WriteAllBytes(folder.File($"{Name}.pth.part"), new byte[Content.Length + 1]);

        Assert.Equal(ExitCode.Success, Fetch(folder, server, Name).Code);

        Assert.Equal(Content, File.ReadAllBytes(folder.File($"{Name}.pth")));
    }

    [Fact(DisplayName = "Faults: killed between the last byte of a download and its renaming")]
    public void A_complete_part_is_not_downloaded_again()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);
        File.WriteAllBytes(folder.File($"{Name}.pth.part"), Content);

        Assert.Equal(ExitCode.Success, Fetch(folder, server, Name).Code);

        Assert.Equal([Content.Length], server.Starts);
        Assert.Equal([folder.File($"{Name}.pth")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_part_stays_locked_between_two_attempts()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content) { BreakAfter = new([100_000]) };
        List<string> notes = [];
        void Note(string note)
        {
            notes.Add(note);
            Assert.ThrowsAny<IOException>(() => new FileStream(folder.File($"{Name}.pth.part"), FileMode.Open, FileAccess.Write, FileShare.None).Dispose());
        }

        await PublishedFiles.FetchAsync(Name, new FetchOptions { Folder = folder.Path, Mirror = new Uri(server.Address), Note = Note }, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("the connection broke; resuming at byte 100000", notes);
    }

    [Fact]
    public async Task What_another_process_has_completed_meanwhile_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);
        using var client = new HttpClient();
        string target = folder.File($"{Name}.pth");
        File.WriteAllText(target, "complete");

        await new Downloader(client).Run(PublishedFiles.Find(Name, new Uri(server.Address), null), target, TestContext.Current.CancellationToken);

        Assert.Empty(server.Starts);
        Assert.Equal("complete", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Another_file_than_was_published_is_refused_and_removed()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        string error = Fetch(folder, server, "resnet18").UserError();

        Assert.Contains("is not the published file", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_interrupted_download_leaves_only_a_part_to_go_on_from()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var server = new FileServer(Content) { BreakAfter = new([100_000]), OnBreak = stop.Cancel };

        CliRun run = CliRun.Until(stop.Token, "fetch", Name, "--cache", folder.Path, "--mirror", server.Address);

        Assert.Equal(ExitCode.Interrupted, run.Code);
        Assert.Empty(run.Out);
        Assert.Equal([folder.File($"{Name}.pth.part")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Without_a_network_the_address_and_the_reason_are_named()
    {
        using var folder = new TemporaryFolder();
        string address;
        using (var server = new FileServer(Content))
        {
            address = server.Address; // nobody listens there any more
        }

        string error = CliRun.Of("fetch", Name, "--cache", folder.Path, "--mirror", address).UserError();

        Assert.Contains($"cannot get {address}/{Name}.pth", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_names_official_addresses()
    {
        Assert.Contains("https://download.pytorch.org/models/resnet50-0676ba61.pth", CliRun.Of("fetch", "--list").Out, StringComparison.Ordinal);
        Assert.Contains(CliRun.Of("fetch", "--list", "--json").Json().EnumerateArray(), name => name.GetString() == "cifar10");
    }

    [Fact]
    public void Json_tells_where_the_file_is()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        JsonElement json = CliRun.Of("fetch", Name, "--cache", folder.Path, "--mirror", server.Address, "--json").Json();

        Assert.Equal(folder.File($"{Name}.pth"), json.GetProperty("path").GetString());
    }

    private static CliRun Fetch(TemporaryFolder folder, FileServer server, string name) =>
        CliRun.Of("fetch", name, "--cache", folder.Path, "--mirror", server.Address);
}
