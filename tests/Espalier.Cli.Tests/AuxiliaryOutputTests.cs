using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

/// <summary>A network with auxiliary classifiers from training to shipping.</summary>
public sealed class AuxiliaryOutputTests
{
    [Fact]
    public void Auxiliary_classifiers_are_trained_and_fold_removes_them()
    {
        using var folder = new TemporaryFolder();
        string data = TinyData.WriteCifar(folder, 24);
        string[] arguments = ["train", "googlenet_aux", "--data", data, "--batch", "8", "--epochs", "1", "--lr", "0.01", "--threads", "1"];
        CliRun run = CliRun.Of([.. arguments, "-o", folder.File("run")]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        CliRun without = CliRun.Of([.. arguments, "-o", folder.File("without"), "--auxiliary-weight", "0"]);
        Assert.True(without.Code == ExitCode.Success, without.Error);
        Model trained = ModelFile.Read(folder.File("run/model.espalier")), first = ModelFile.Read(folder.File("without/model.espalier"));
        Assert.Contains(new LineageSetting("auxiliary_weight", "0.3"), trained.Metadata.Lineage[^1].Settings);
        Assert.DoesNotContain(first.Metadata.Lineage[^1].Settings, setting => setting.Name == "auxiliary_weight");
        Assert.False(trained.Parameters["aux1.fc2.weight"].Value.BitEquals(first.Parameters["aux1.fc2.weight"].Value));

        string output = folder.File("folded.espalier");
        Assert.Contains("it has 2 outputs after the first (aux1.fc2, aux2.fc2), which --remove-further-outputs removes", CliRun.Of("fold", folder.File("run/model.espalier"), "--dry-run").Out, StringComparison.Ordinal);
        CliRun fold = CliRun.Of("fold", folder.File("run/model.espalier"), "-o", output, "--remove-further-outputs", "--verify", data, "--json");
        Assert.True(fold.Code == ExitCode.Success, fold.Error);
        Assert.InRange(fold.Json().GetProperty("verify").GetProperty("relative_difference").GetDouble(), 0, 1e-5);
        Model folded = ModelFile.Read(output);
        Assert.Equal(["fc"], folded.Graph.Outputs);
        Assert.DoesNotContain(folded.Parameters.Keys, name => name.StartsWith("aux", StringComparison.Ordinal));
        Assert.Contains(new LineageSetting("removed_outputs", "aux1.fc2, aux2.fc2"), folded.Metadata.Lineage[^1].Settings);
    }

    [Fact]
    public void A_weight_for_a_network_without_them_is_refused()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(TrainVerbTests.Arguments(folder, "--auxiliary-weight", "0.5"));
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains("the weight of auxiliary classifiers is 0.5, but the network has none", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }
}
