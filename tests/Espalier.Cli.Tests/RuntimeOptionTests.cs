using System.Text.Json;

namespace Espalier.Cli.Tests;

public sealed class RuntimeOptionTests
{
    [Fact]
    public void The_reference_says_what_the_cpu_says()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder), images = TinyData.WriteFolders(folder, 2);

        JsonElement[] cpu = Logits("cpu"), reference = Logits("reference");

        Assert.Equal(2 * 10, cpu.Length);
        Assert.Equal(cpu.Select(Class), reference.Select(Class));
        Assert.All(cpu.Zip(reference), pair => Assert.Equal(Logit(pair.First), Logit(pair.Second), 1e-4));
        Assert.NotEqual(cpu.Select(Logit), reference.Select(Logit)); // they round differently, or the option would have changed nothing

        JsonElement[] Logits(string runtime) =>
            [.. CliRun.Of("classify", model, images, "--top", "10", "--runtime", runtime, "--json").Json().EnumerateArray().SelectMany(image => image.GetProperty("predictions").EnumerateArray())];
        static int Class(JsonElement prediction) => prediction.GetProperty("class").GetInt32();
        static double Logit(JsonElement prediction) => prediction.GetProperty("logit").GetDouble();
    }

    [Fact]
    public void Names_that_there_are_not_and_kernels_of_another_runtime_are_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        string images = TinyData.WriteFolders(folder, 1);
        Assert.Contains("there is no runtime 'abacus'; expected cpu or reference", CliRun.Of("classify", "nowhere.espalier", images, "--runtime", "abacus").UserError(), StringComparison.Ordinal);
        Assert.Contains("--tune chooses kernels of the runtime cpu", CliRun.Of("classify", "nowhere.espalier", images, "--runtime", "reference", "--tune").UserError(), StringComparison.Ordinal);
    }
}
