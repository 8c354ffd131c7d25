using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Cli.Tests;

public class PruneStepsTests
{
    private const string Network = "cifar_resnet8"; // the smallest of its table

    [Fact]
    public void Every_setting_that_a_recovery_may_change_is_known() =>
        Assert.Equal(TrainingSettings.Changeable.Order(StringComparer.Ordinal), PruneCommandText.Changeable.Order(StringComparer.Ordinal));

    [Fact]
    public void Pruning_in_steps_ends_where_one_would()
    {
        JsonElement report = CliRun.Of("prune", Network, "--method", "l1", "--amount", "0.8", "--global", "--steps", "3", "--dry-run", "--json").Json();
        JsonElement once = CliRun.Of("prune", Network, "--method", "l1", "--amount", "0.8", "--global", "--dry-run", "--json").Json();
        long[] left = [.. report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("non_zeros").GetInt64())];
        Assert.Equal(4, left.Length);
        Assert.Equal(once.GetProperty("non_zeros").GetDouble(), left[^1], 2.0); // each step rounds to whole weights
        Assert.Equal(left[3] - left[2], (left[2] - left[1]) * Math.Pow(0.2, 1.0 / 3), 3.0);
    }

    [Theory]
    [InlineData("--blocks", "2")]
    [InlineData("--channels", "--target-macs", "40%")]
    [InlineData("--method", "taylor", "--target-sparsity", "0.7")]
    public void Every_step_recovers_and_the_ledger_tells_of_all(params string[] options)
    {
        using var folder = new TemporaryFolder();
        string network = options[0] == "--blocks" ? "cifar_resnet14" : Network;
        CliRun run = CliRun.Of([.. Arguments(folder, "out.espalier", network), .. options]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("fine-tuned 2/2", run.Out, StringComparison.Ordinal);
        Model model = ModelFile.Read(folder.File("out.espalier"));
        Assert.Equal(["initialize", "prune", "finetune", "prune", "finetune"], model.Metadata.Lineage.Select(entry => entry.Action));
        Assert.All(model.Metadata.Lineage.Skip(1), entry => Assert.NotNull(ModelFigures.Of(entry)?.Accuracy));
        Assert.True(model.LastFigures()!.Value.EffectiveMultiplyAccumulates < ModelFigures.Of(model.Metadata.Lineage[0])!.Value.EffectiveMultiplyAccumulates);
    }

    [Fact]
    public void An_interrupted_pruning_goes_on_to_the_same_file()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string[] options = ["--channels", "--target-macs", "40%"];
        Assert.Equal(ExitCode.Success, CliRun.Of([.. Arguments(other, "out.espalier", Network), .. options]).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. Arguments(folder, "out.espalier", Network), .. options]).Code);
        File.Delete(folder.File("out.espalier"));
        Directory.Delete(folder.File("out.steps/2"), recursive: true); // as if it had been killed there

        Assert.Contains("--resume continues it", CliRun.Of([.. Arguments(folder, "out.espalier", Network), .. options]).UserError(), StringComparison.Ordinal);
        Assert.Contains("other options", CliRun.Of([.. Arguments(folder, "out.espalier", Network), "--channels", "--target-macs", "30%", "--resume"]).UserError(), StringComparison.Ordinal);
        CliRun resumed = CliRun.Of([.. Arguments(folder, "out.espalier", Network), .. options, "--resume"]);

        Assert.True(resumed.Code == ExitCode.Success, resumed.Error);
        Model expected = ModelFile.Read(other.File("out.espalier")), actual = ModelFile.Read(folder.File("out.espalier"));
        Assert.All(expected.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(actual.Parameters[parameter.Key].Value), parameter.Key));
    }

    [Fact]
    public void Training_prunes_by_the_cubic_schedule_and_goes_on_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        string[] pruning = ["--prune-to", "0.9", "--prune-every", "2", "--prune-until", "1.5", "--prune-global", "--norm-scale-decay", "1e-3"];
        Assert.Equal(ExitCode.Success, CliRun.Of([.. Training(other), .. pruning]).Code);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(ExitCode.Interrupted, CliRun.Until(stop.Token, [.. Training(folder), .. pruning]).Code);
        CliRun resumed = CliRun.Of([.. Training(folder), .. pruning, "--resume"]);

        Assert.True(resumed.Code == ExitCode.Success, resumed.Error);
        Assert.Equal(File.ReadAllBytes(other.File("run/model.espalier")), File.ReadAllBytes(folder.File("run/model.espalier")));
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Parameter[] masked = [.. model.Parameters.Values.Where(parameter => parameter.Mask is not null)];
        Assert.Equal(0.1, (double)masked.Sum(parameter => parameter.NonZeros) / masked.Sum(parameter => parameter.Value.Shape.Count), 0.001);
    }

    [Theory]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    public void Blocks_that_are_pruned_together_while_they_train_keep_their_zeros_when_they_fold(string block)
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of([.. Training(folder), "--block", block, "--prune-to", "0.8", "--prune-branches", "--prune-every", "2", "--lr", "0.01"]);
        Assert.True(run.Code == ExitCode.Success, run.Error);

        Model folded = InferenceFolding.Fold(ModelFile.Read(folder.File("run/model.espalier"))).After;
        Parameter[] kernels = [.. folded.Parameters.Where(parameter => parameter.Key.StartsWith("layer", StringComparison.Ordinal) && parameter.Value.Value.Shape.Rank == 4).Select(parameter => parameter.Value)];
        Assert.Equal(6, kernels.Length);
        Assert.All(kernels, kernel => Assert.InRange(1 - ((double)kernel.NonZeros / kernel.Value.Shape.Count), 0.75, 0.8001)); // the input as a branch of RepVGG cannot be masked
    }

    [Fact]
    public void A_list_of_amounts_that_changed_is_another_pruning()
    {
        using var folder = new TemporaryFolder();
        string list = folder.File("amounts.csv");
        File.WriteAllText(list, "name,amount\nlayer1.0.conv1.weight,0.5\n");
        string[] arguments = [.. Arguments(folder, "out.espalier", Network), "--method", "l1", "--amounts", list];
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        Directory.Delete(folder.File("out.steps/2"), recursive: true);

        File.WriteAllText(list, "name,amount\nlayer1.0.conv1.weight,0.6\n");
        Assert.Contains("another list of --amounts", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
        File.WriteAllText(list, "name,amount\nlayer1.0.conv1.weight,0.5\n");
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
    }

    [Theory]
    [InlineData("--prune-branches is for pruning during training", "--prune-branches")]
    [InlineData("use --prune-method l1, l2, linf or lamp", "--prune-to", "0.5", "--prune-branches", "--prune-method", "taylor")]
    [InlineData("requires --prune-to", "--prune-every", "2")]
    [InlineData("there is no --prune-method l9", "--prune-to", "0.5", "--prune-method", "l9")]
    [InlineData("between 0 and the 2 epochs", "--prune-to", "0.5", "--prune-until", "3")]
    [InlineData("there is no --prune-pattern 2:4; there are element, 4x1 and 1x4", "--prune-to", "0.5", "--prune-pattern", "2:4")]
    public void Impossible_schedules_say_what_would_work(string expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(expected, CliRun.Of([.. Training(folder), .. options]).UserError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0, 2.0, null, true, false)]
    [InlineData(2.0, 2.01, null, false, false)]
    [InlineData(2.0, 1.0, 1.0, false, false)]
    [InlineData(2.0, 1.5, 1.0, false, true)]
    [InlineData(2.0, 3.0, 4.0, true, true)]
    public void A_result_slower_than_its_parent_is_no_success(double before, double after, double? target, bool slower, bool fails)
    {
        var speed = new PruneSpeed(before, after, target);
        Assert.Equal((slower, fails), (speed.IsSlower, speed.Fails));
        Assert.Equal(slower, speed.Describe().StartsWith("SLOWER than before", StringComparison.Ordinal));
    }

    private static string[] Arguments(TemporaryFolder folder, string output, string network) =>
    [
        "prune", network, "--data", TinyData.WriteCifar(folder, 40), "--batch", "8", "--samples", "8", "--steps", "2", "--recover", "1", "--validation-share", "0.2", "--seed", "3", "--threads", "1",
        "-o", folder.File(output),
    ];

    private static string[] Training(TemporaryFolder folder) =>
        ["train", Network, "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--epochs", "2", "--validation-share", "0.2", "--threads", "1"];
}
