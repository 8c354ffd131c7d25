using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Training;

namespace Espalier.Cli.Tests;

public sealed class TrainVerbTests
{
    private const string Network = "cifar_resnet8"; // the smallest of its table

    [Fact(DisplayName = "Faults: the closing sparkline sets like beside like")]
    public void Training_writes_a_model_and_its_history_and_tells_of_every_epoch()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Arguments(folder, "--epochs", "2"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("memory  ", run.Out, StringComparison.Ordinal);
        Assert.Contains("epoch   2/2", run.Out, StringComparison.Ordinal);
        Assert.Matches("loss      training    [▁-█]{2}  [0-9.]+ → [0-9.]+\n          validation  [▁-█]{2}  [0-9.]+ → [0-9.]+\naccuracy  training    [▁-█]{2}  .*\n          validation  [▁-█]{2}  ", run.Out);
        Assert.Empty(run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal("train", Assert.Single(model.Metadata.Lineage).Action);
        Assert.Equal(TinyData.Classes, model.Metadata.Labels.Count);
        Assert.Equal(3, File.ReadAllLines(folder.File("run/history.csv")).Length);
        Assert.True(File.Exists(folder.File("run/curves.svg")));
        CliRun evaluation = CliRun.Of("evaluate", folder.File("run/checkpoint.espalier"), "--data", folder.File("tiny.bin"), "--json");
        Assert.Equal(40, evaluation.Json().GetProperty("count").GetInt32());
    }

    [Fact]
    public void An_interrupted_training_says_how_to_go_on_and_going_on_gives_the_same_file()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Arguments(other, "--epochs", "2")).Code);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        CliRun interrupted = CliRun.Until(stop.Token, Arguments(folder, "--epochs", "2"));
        Assert.Equal(ExitCode.Interrupted, interrupted.Code);
        Assert.Contains("--resume", interrupted.Error, StringComparison.Ordinal);
        CliRun resumed = CliRun.Of(Arguments(folder, "--epochs", "2", "--resume"));
        Assert.True(resumed.Code == ExitCode.Success, resumed.Error);
        Assert.Contains("resuming in epoch 1", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(other.File("run/model.espalier")), File.ReadAllBytes(folder.File("run/model.espalier")));
    }

    [Theory]
    [InlineData("0.5", 3)]
    [InlineData("0.8,constant,inverted,row,bypass:3x3", 3)]
    public void Stochastic_depth_travels_with_the_model_and_inference_takes_it(string depth, int blocks)
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Arguments(folder, "--epochs", "1", "--stochastic-depth", depth));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal(blocks, model.Graph.Nodes.Count(node => node.Op is StochasticDepth));
        CliRun evaluation = CliRun.Of("evaluate", folder.File("run/model.espalier"), "--data", folder.File("tiny.bin"), "--json");
        Assert.Equal(40, evaluation.Json().GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("dbb")]
    [InlineData("acb")]
    [InlineData("repvgg")]
    [InlineData("mobileone")]
    public void Blocks_of_branches_are_trained_and_what_is_used_afterwards_is_plain_again(string block)
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Arguments(folder, "--epochs", "1", "--block", block));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal(["blocks", "train"], model.Metadata.Lineage.Select(entry => entry.Action));
        const int Plain = 7; // the convolutions of the network without blocks
        Assert.True(model.Graph.Nodes.Count(node => node.Op is Conv2d) > Plain);
        CliRun fold = CliRun.Of("fold", folder.File("run/model.espalier"), "-o", folder.File("folded.espalier"));
        Assert.True(fold.Code == ExitCode.Success, fold.Error);
        Assert.Equal(Plain, ModelFile.Read(folder.File("folded.espalier")).Graph.Nodes.Count(node => node.Op is Conv2d));
    }

    [Theory]
    [InlineData("at step 1;", "--batch", "1")]
    [InlineData("at step 1, part 1 of a batch of 8;", "--batch", "8", "--accumulate", "8")]
    [InlineData("at step 1, part 3 of a batch of 7;", "--batch", "7", "--accumulate", "3")]
    public void A_norm_with_one_value_per_channel_is_refused_before_anything_is_written(string where, params string[] options)
    {
        // PyTorch 1.13: ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 512, 1, 1])
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(["train", "resnet18", "--data", "shapes", "--side", "32", "-o", folder.File("run"), .. options]);
        Assert.Equal(
            $"espalier: layer4.0.bn1: expected more than 1 value per channel when training, got input size 1x512x1x1 {where} a larger batch, fewer parts of it (accumulation), larger images or frozen statistics give it more",
            run.UserError());
        Assert.False(Path.Exists(folder.File("run")));
    }

    [Fact]
    public void Being_watched_changes_no_bit()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Arguments(other, "--epochs", "1")).Code);
        CliRun watched = CliRun.Of(Arguments(folder, "--epochs", "1", "--watch", "0"));
        Assert.True(watched.Code == ExitCode.Success, watched.Error);
        Assert.Matches(@"watch the training at http://127\.0\.0\.1:\d+", watched.Error);
        Assert.Equal(File.ReadAllBytes(other.File("run/model.espalier")), File.ReadAllBytes(folder.File("run/model.espalier")));
    }

    [Fact]
    public void Other_data_in_the_same_place_does_not_go_on()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Arguments(folder, "--epochs", "1")).Code);
        string data = folder.File("tiny.bin");
        byte[] bytes = File.ReadAllBytes(data);
        Array.Reverse(bytes, 1, 3072); // the first image upside down
        File.WriteAllBytes(data, bytes);
        Assert.Contains("the data is not that of the checkpoint's training", CliRun.Of(Arguments(folder, "--epochs", "1", "--resume")).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stochastic_depth_tells_what_it_is_to_save_and_what_it_saved()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Arguments(folder, "--epochs", "2", "--stochastic-depth", "0.5"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("stochastic depth, on average: 2.00 of 3 blocks survive", run.Out, StringComparison.Ordinal);
        Assert.Contains("% of the time saved", run.Out, StringComparison.Ordinal);
        Assert.Contains("of the time by stochastic depth; the forecast was ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(",,", File.ReadAllLines(folder.File("run/history.csv"))[1] + ",", StringComparison.Ordinal);
        CliRun without = CliRun.Of("train", Network, "--data", folder.File("tiny.bin"), "-o", folder.File("without"), "--batch", "8", "--threads", "1", "--epochs", "1");
        Assert.DoesNotContain("saved", without.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_training_is_not_overwritten_and_other_settings_do_not_go_on()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Arguments(folder, "--epochs", "1")).Code);
        Assert.Contains("--resume", CliRun.Of(Arguments(folder, "--epochs", "1")).UserError(), StringComparison.Ordinal);
        Assert.Contains("epochs '1', this one has '2'", CliRun.Of(Arguments(folder, "--epochs", "2", "--resume")).UserError(), StringComparison.Ordinal);
        CliRun finished = CliRun.Of(Arguments(folder, "--epochs", "1", "--resume"));
        Assert.True(finished.Code == ExitCode.Success, finished.Error);
    }

    [Fact]
    public void A_folder_in_which_another_training_is_under_way_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        using (var other = new TrainingFolder(path))
        {
            other.Lock();
            Assert.Contains($"another training run uses the folder {path}", CliRun.Of(Arguments(folder, "--epochs", "1")).UserError(), StringComparison.Ordinal);
        }

        CliRun run = CliRun.Of(Arguments(folder, "--epochs", "1"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
    }

    [Fact]
    public void A_resumed_training_needs_the_same_teacher()
    {
        using var folder = new TemporaryFolder();
        string teacher = TinyData.WriteModel(folder);
        string[] arguments = Arguments(folder, "--epochs", "1", "--teacher", teacher);
        CliRun run = CliRun.Of(arguments);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
        ModelFile.Write(teacher, Zoo.Create(TinyData.Network).Initialize(2));
        Assert.Contains("the checkpoint's training has teacher '", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_one_line()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("run"));
        File.WriteAllText(folder.File("run/checkpoint.espalier"), "no checkpoint");
        Assert.Contains("checkpoint.espalier", CliRun.Of(Arguments(folder, "--resume")).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_all_there_is_on_standard_output()
    {
        using var folder = new TemporaryFolder();
        JsonElement json = CliRun.Of(Arguments(folder, "--epochs", "1", "--json")).Json();
        Assert.Equal(1, json.GetProperty("best_epoch").GetInt32());
        Assert.Single(json.GetProperty("history").EnumerateArray());
    }

    [Fact]
    public void Fine_tuning_replaces_the_head_and_keeps_frozen_scopes()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string data = TinyData.WriteFolders(folder, 30);
        foreach (string gone in Directory.GetDirectories(data).Order(StringComparer.Ordinal).Skip(3))
        {
            Directory.Delete(gone, recursive: true);
        }

        CliRun run = CliRun.Of("finetune", model, "--data", data, "-o", folder.File("run"), "--head", "--epochs", "1", "--batch", "4", "--threads", "1", "--freeze", "conv1", "bn1", "layer1");
        Assert.True(run.Code == ExitCode.Success, run.Error);
        (Model before, Model after) = (ModelFile.Read(model), ModelFile.Read(folder.File("run/model.espalier")));
        Assert.Equal(3, after.Metadata.Labels.Count);
        Assert.Equal("finetune", after.Metadata.Lineage[^1].Action);
        Assert.True(before.Parameters["layer1.0.conv1.weight"].Value.BitEquals(after.Parameters["layer1.0.conv1.weight"].Value));
        Assert.True(before.Parameters["layer1.0.bn1.running_mean"].Value.BitEquals(after.Parameters["layer1.0.bn1.running_mean"].Value));
        Assert.False(before.Parameters["layer2.0.conv1.weight"].Value.BitEquals(after.Parameters["layer2.0.conv1.weight"].Value));
    }

    [Theory]
    [InlineData("--freeze: the network has no scope 'layer9'", "finetune", "cifar_resnet8", "--data", "shapes", "-o", "x", "--freeze", "layer9")]
    [InlineData("--optimizer is sgd or adamw, found 'adam'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--optimizer", "adam")]
    [InlineData("--schedule is", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--schedule", "step")]
    [InlineData("--augment is", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--augment", "crop,flop")]
    [InlineData("--lr takes a number of at least 0, found '-1'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--lr", "-1")]
    [InlineData("--clip-norm takes a number above 0, found '0'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--clip-norm", "0")]
    [InlineData("--clip-value takes a number above 0, found '0'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--clip-value", "0")]
    [InlineData("--ema takes a number from 0 to 1, excluding 1, found '1'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--ema", "1")]
    [InlineData("--lr takes a number of at least 0, found 'Infinity'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--lr", "Infinity")]
    [InlineData("--nesterov needs a --momentum above 0", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--nesterov", "--momentum", "0")]
    [InlineData("--momentum is for --optimizer sgd, found 'adamw'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--optimizer", "adamw", "--momentum", "0.9")]
    [InlineData("--nesterov is for --optimizer sgd, found 'adamw'", "finetune", "cifar_resnet8", "--data", "shapes", "-o", "x", "--optimizer", "adamw", "--nesterov")]
    [InlineData("--gamma is for --schedule step and milestones, found 'cosine'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--gamma", "0.1")]
    [InlineData("--gamma is for --schedule step and milestones, found 'constant'", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--schedule", "constant", "--warmup", "1", "--gamma", "0.1")]
    [InlineData("--unreadable is skip or stop, found 'ignore'", "degradation", "--data", "shapes", "-o", "x", "--unreadable", "ignore")]
    [InlineData("--temperature requires --teacher", "train", "cifar_resnet8", "--data", "shapes", "-o", "x", "--temperature", "2")]
    [InlineData("--alpha requires --teacher", "finetune", "cifar_resnet8", "--data", "shapes", "-o", "x", "--alpha", "0.5")]
    [InlineData("no such file or folder", "train", "cifar_resnet8", "--data", "nowhere", "-o", "x")]
    public void Mistakes_are_one_line(string says, params string[] arguments) =>
        Assert.Contains(says, CliRun.Of(arguments).UserError(), StringComparison.Ordinal);

    internal static string[] Arguments(TemporaryFolder folder, params string[] more)
    {
        string data = File.Exists(folder.File("tiny.bin")) ? folder.File("tiny.bin") : TinyData.WriteCifar(folder, 40);
        return ["train", Network, "--data", data, "-o", folder.File("run"), "--batch", "8", "--threads", "1", "--lr", "0.02", .. more];
    }
}
