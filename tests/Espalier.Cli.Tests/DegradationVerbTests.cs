using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace Espalier.Cli.Tests;

public sealed class DegradationVerbTests
{
    private static readonly string[] Networks = ["cifar_plain8", "cifar_resnet8", "cifar_plain14", "cifar_resnet14"];

    [Fact]
    public void Every_network_is_trained_as_train_does_it_and_the_errors_end_in_one_table_and_one_picture()
    {
        using var folder = new TemporaryFolder();
        CliRun alone = CliRun.Of(Train(folder, "cifar_resnet14", folder.File("alone")));
        Assert.True(alone.Code == ExitCode.Success, alone.Error);
        CliRun run = CliRun.Of(Arguments(folder));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.All(Networks, network => Assert.Contains(network, run.Out, StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(folder.File("alone/model.espalier")), File.ReadAllBytes(folder.File("all/cifar_resnet14/model.espalier")));

        string[] rows = File.ReadAllLines(folder.File("all/degradation.csv"));
        Assert.Equal("network,kind,depth,epoch,train_error,test_error", rows[0]);
        Assert.Equal(Networks.SelectMany(network => new[] { $"{network} 1", $"{network} 2" }), rows.Skip(1).Select(row => $"{row.Split(',')[0]} {row.Split(',')[3]}"));
        string[] history = File.ReadAllLines(folder.File("alone/history.csv"))[^1].Split(',');
        Assert.Equal(1 - Number(history[6]), Number(rows[^1].Split(',')[5]), 1e-6);
        Assert.Equal(1 - Number(history[4]), Number(rows[^1].Split(',')[4]), 1e-6);

        XElement picture = XDocument.Load(folder.File("all/degradation.svg")).Root!;
        string[] texts = [.. picture.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        Assert.Contains("plain-14 training", texts);
        Assert.Contains("residual-8 test", texts);
        Assert.Equal(4, picture.Descendants().Count(element => element.Attribute("stroke-dasharray") is not null && element.Attribute("stroke-linejoin") is not null));
    }

    [Fact]
    public void It_goes_on_by_itself_and_takes_what_train_has_trained_for_done()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of(Train(folder, "cifar_plain8", folder.File("all/cifar_plain8"))).Code);
        byte[] model = File.ReadAllBytes(folder.File("all/cifar_plain8/model.espalier"));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        CliRun interrupted = CliRun.Until(stop.Token, Arguments(folder));
        Assert.Equal(ExitCode.Interrupted, interrupted.Code);
        Assert.Contains("this training is already finished", interrupted.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", interrupted.Error, StringComparison.Ordinal);
        JsonElement json = CliRun.Of([.. Arguments(folder), "--json"]).Json();
        Assert.Equal(Networks, json.GetProperty("networks").EnumerateArray().Select(network => network.GetProperty("network").GetString()!));
        Assert.Equal(model, File.ReadAllBytes(folder.File("all/cifar_plain8/model.espalier")));
    }

    [Fact]
    public void A_training_with_other_settings_does_not_count()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CliRun.Of([.. Train(folder, "cifar_plain8", folder.File("all/cifar_plain8")), "--label-smoothing", "0.1"]).Code);
        CliRun run = CliRun.Of(Arguments(folder));
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains("cifar_plain8: the checkpoint's training has label_smoothing '0.1', this one has '0'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--depths takes at least two different integers", "20")]
    [InlineData("--depths takes at least two different integers", "20,20")]
    [InlineData("--depths takes at least two different integers", "20,x")]
    [InlineData("expected a depth of 6n + 2", "20,21")]
    public void Depths_are_checked_before_anything_is_trained(string says, string depths) =>
        Assert.Contains(says, CliRun.Of("degradation", "--data", "shapes", "-o", "x", "--depths", depths).UserError(), StringComparison.Ordinal);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Arguments(TemporaryFolder folder) => ["degradation", "-o", folder.File("all"), "--depths", "14,8", .. Settings(folder)];

    private static string[] Train(TemporaryFolder folder, string network, string to) => ["train", network, "-o", to, .. Settings(folder)];

    private static string[] Settings(TemporaryFolder folder)
    {
        string data = File.Exists(folder.File("tiny.bin")) ? folder.File("tiny.bin") : TinyData.WriteCifar(folder, 40);
        return ["--data", data, "--epochs", "2", "--batch", "8", "--threads", "1", "--lr", "0.02"];
    }
}
