using System.Text.Json;

namespace Espalier.Packages.Tests;

/// <summary>The samples as someone has them who copied their folders.</summary>
public sealed class SampleTests(PackedSolution solution, CopiedSamples samples) : IClassFixture<CopiedSamples>
{
    [Fact]
    public void Every_sample_builds_from_the_packages_alone()
    {
        Assert.NotEmpty(CopiedSamples.Names);
        foreach (string sample in CopiedSamples.Names)
        {
            Assert.True(File.Exists(samples.FileOf(sample, "bin", "Release", "net10.0", $"{sample}.dll")), $"{sample} was not built");
            using JsonDocument assets = JsonDocument.Parse(File.ReadAllText(samples.FileOf(sample, "obj", "project.assets.json")));
            string[] libraries = [.. assets.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Name.StartsWith("Espalier", StringComparison.Ordinal)).Select(library => $"{library.Name} {library.Value.GetProperty("type")}")];
            Assert.Contains($"Espalier/{PackedSolution.Version} package", libraries);
            Assert.All(libraries, library => Assert.EndsWith($"/{PackedSolution.Version} package", library, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_model_is_trained_shrunk_and_used_by_samples()
    {
        string folder = solution.NewFolder(), run = Path.Combine(folder, "run"), small = Path.Combine(folder, "small.espalier"), data = Path.Combine(folder, "data");
        string photo = Path.Combine(PackedSolution.Repository, "assets", "icon.png");
        foreach (string label in new[] { "disc", "ring" })
        {
            Directory.CreateDirectory(Path.Combine(data, label));
            Assert.All(Enumerable.Range(0, 30), i => File.Copy(photo, Path.Combine(data, label, $"{i}.png")));
        }

        Assert.EndsWith("of the validation images after an epoch", (await samples.Run("OwnBlock", run))[^1], StringComparison.Ordinal);
        string model = Path.Combine(run, "model.espalier");
        Assert.EndsWith("the model of epoch 1", (await samples.Run("FineTune", model, data, Path.Combine(folder, "tuned"), "1"))[^1], StringComparison.Ordinal);
        Assert.Equal(3, (await samples.Run("Classify", Path.Combine(folder, "tuned", "model.espalier"), photo)).Length); // the file and its two classes

        await samples.Run("PruneFoldShip", model, data, small);
        Assert.InRange(new FileInfo(small).Length, 1, new FileInfo(model).Length - 1);
        string[] answer = await samples.Run("Classify", small, photo);
        Assert.Equal(4, answer.Length);
        Assert.Equal(photo, answer[0]);
        Assert.Contains($"{answer[1].Split("  ")[1]} (", (await samples.Run("NativeAotConsole", small, photo))[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OwnCriterion", "weights removed by 'spread'")]
    [InlineData("OwnExtension", "gradient_centralization")]
    [InlineData("OwnLoss", "focal_gamma")]
    public async Task Extensions_are_written_against_the_packages(string sample, string last) =>
        Assert.Contains(last, (await samples.Run(sample))[^1], StringComparison.Ordinal);
}
