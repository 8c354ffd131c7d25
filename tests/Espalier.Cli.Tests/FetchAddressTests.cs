using System.Security.Cryptography;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>Files fetched by their address, or by the name of a model of timm, with a hash.</summary>
public class FetchAddressTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 5_000).Select(i => (byte)new CounterRandom(2).Bits((ulong)i))];
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    [Fact]
    public void An_address_is_fetched_with_a_given_hash_under_a_name_that_has_it()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        CliRun run = Fetch(folder, $"{server.Address}model.safetensors", "--sha256", Hash);

        string path = folder.File($"model-{Hash[..8]}.safetensors");
        Assert.Equal((ExitCode.Success, path), (run.Code, run.Out.Trim()));
        Assert.Equal(Content, File.ReadAllBytes(path));
    }

    [Fact]
    public void The_hash_in_the_name_of_an_address_is_enough()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        CliRun run = Fetch(folder, $"{server.Address}resnet50d_ra2-{Hash[..8]}.pth");

        Assert.Equal(folder.File($"resnet50d_ra2-{Hash[..8]}.pth"), run.Out.Trim());
    }

    [Fact]
    public void A_model_of_timm_comes_from_the_hub_or_its_mirror()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        CliRun run = Fetch(folder, "timm/resnet50d.ra2_in1k", "--sha256", Hash[..12], "--mirror", server.Address);

        Assert.Equal(folder.File($"resnet50d.ra2_in1k-{Hash[..8]}.safetensors"), run.Out.Trim());
        Assert.Equal(
            "https://huggingface.co/timm/resnet50d.ra2_in1k/resolve/main/model.safetensors", PublishedFiles.Find("timm/resnet50d.ra2_in1k", null, Hash).Address.ToString());
    }

    [Fact]
    public void Another_hash_is_refused_and_nothing_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var server = new FileServer(Content);

        Fetch(folder, $"{server.Address}model.safetensors", "--sha256", "00000000").UserError();

        Assert.Empty(Directory.GetFiles(folder.Path, "*.safetensors"));
    }

    [Theory]
    [InlineData("timm/resnet50d.ra2_in1k", null, null, "give the first digits of its SHA-256")]
    [InlineData("https://example.org/model.safetensors", null, null, "give the first digits of its SHA-256")]
    [InlineData("https://example.org/model.safetensors", "1234567", null, "8 to 64 hexadecimal digits")]
    [InlineData("https://example.org/model.safetensors", "xyzxyzxyz", null, "8 to 64 hexadecimal digits")]
    [InlineData("https://example.org/", "12345678", null, "ends with the name of a file")]
    [InlineData("https://example.org/a-12345678.pth", null, "http://localhost/", "is an address itself")]
    [InlineData("resnet50", "12345678", null, "is published with it")]
    public void What_cannot_be_checked_is_not_fetched(string name, string? hash, string? mirror, string message)
    {
        using var folder = new TemporaryFolder();
        string[] options = [.. hash is null ? [] : new[] { "--sha256", hash }, .. mirror is null ? [] : new[] { "--mirror", mirror }];
        Assert.Contains(message, Fetch(folder, name, options).UserError(), StringComparison.Ordinal);
    }

    private static CliRun Fetch(TemporaryFolder folder, string name, params string[] options) => CliRun.Of(["fetch", name, "--cache", folder.Path, .. options]);
}
