namespace Espalier.Packages.Tests;

public sealed class SiteTests
{
    [Fact]
    public async Task The_site_is_made_by_one_command_without_a_broken_link()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ESPALIER_FULL") == "1", "takes most of a minute: ESPALIER_FULL=1 runs it");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "publish/site is a script for bash");
        Command site = (await Command.Run(PackedSolution.Repository, new Dictionary<string, string>(), "bash", Path.Combine(PackedSolution.Repository, "publish", "site"))).Succeeded();

        string folder = site.Out.TrimEnd().Split('\n')[^1];
        Assert.All(["index.html", "docs/library.html", "ARCHITECTURE.html", "samples/README.html"], page => Assert.True(File.Exists(Path.Combine(folder, page)), page));
        string reference = await File.ReadAllTextAsync(Path.Combine(folder, "api", "Espalier.ImageClassifier.html"), TestContext.Current.CancellationToken);
        Assert.Contains("An image classifier: it decodes images", reference, StringComparison.Ordinal);
    }
}
