using System.Text.RegularExpressions;
using Espalier.Cli.Tests.Terminals;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>What prune says besides its tables: layers that it emptied, and images that have faults.</summary>
public sealed class PruneWarningTests
{
    private const string Emptied = "nothing is left of layer1.0.conv1.weight: what these layers compute no longer depends on their input; --exclude spares them, ranking without --global takes the same share of every layer";

    [Fact(DisplayName = "Faults: a warning when global pruning empties a layer, in pipes and in a terminal of 80 columns")]
    public async Task An_emptied_layer_is_named()
    {
        using var folder = new TemporaryFolder();
        string[] prune = ["prune", WriteModel(folder), "--method", "l1", "--amount", "0.5", "-o", folder.File("out.espalier")];
        CliRun run = CliRun.Of([.. prune, "--global"]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains($"warning: {Emptied}\n", run.Error, StringComparison.Ordinal);
        Assert.Equal("layer1.0.conv1.weight", Assert.Single(CliRun.Of([.. prune, "--global", "--json"]).Json().GetProperty("emptied").EnumerateArray()).GetString());
        Assert.DoesNotContain("nothing is left", CliRun.Of(prune).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing is left", CliRun.Of([.. prune, "--global", "--exclude", "layer1.0.conv1"]).Error, StringComparison.Ordinal);

        Shell.Require("script");
        CliRun shown = await Shell.RunInTerminal(80, $"env NO_COLOR=1 {Shell.Program([.. prune, "--global"])}");
        Assert.True(shown.Code == ExitCode.Success, shown.Out);
        Assert.Contains(Emptied, Regex.Replace(shown.Out, @"\s+", " "), StringComparison.Ordinal); // whole words, whatever the lines
    }

    [Theory(DisplayName = "Faults: prune says which of its images have faults or cannot be read")]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_with_faults_are_named(bool recovers)
    {
        using var folder = new TemporaryFolder();
        string data = TinyData.WriteFolders(folder, 80);
        string[] files = [.. Directory.GetFiles(data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        foreach (string whole in files)
        {
            File.WriteAllBytes(whole, File.ReadAllBytes(whole)[..^12]); // without the chunk IEND
        }

        File.WriteAllBytes(files[3], File.ReadAllBytes(files[3])[..60]);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(files[0])!, "notes.txt"), "x");
        string[] prune = ["prune", WriteModel(folder), "--method", "l1", "--amount", "0.5", "--data", data, "--relabel", "--batch", "8", "--threads", "1", "-o", folder.File("out.espalier")];
        CliRun run = CliRun.Of([.. prune, .. recovers ? ["--recover", "1", "--validation-share", "0.9"] : (string[])[]]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("images have faults that did not keep them from being read; the first: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"warning: {files[3]}", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split("notes.txt").Length); // once
    }

    private static string WriteModel(TemporaryFolder folder)
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        Parameter weight = model.Parameters["layer1.0.conv1.weight"];
        Tensor small = weight.Value.Copy();
        foreach (ref float value in small.Write<float>())
        {
            value *= 1e-6f;
        }

        string path = folder.File("model.espalier");
        ModelFile.Write(path, model.With(model.Parameters.With("layer1.0.conv1.weight", weight with { Value = small })));
        return path;
    }
}
