using System.Text.Json;
using Espalier.Formats;
using Espalier.Imaging;
using Espalier.Training;

namespace Espalier.Cli.Tests;

public sealed class ReportVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_writes_a_page_about_a_network_of_the_zoo()
    {
        CliRun run = CliRun.Of("report", "cifar_resnet20", "-o", _folder.File("out.html"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("cifar_resnet20: 74 ops, 0 steps in the ledger", run.Out, StringComparison.Ordinal);
        Assert.Contains("out.html: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("<title>cifar_resnet20</title>", File.ReadAllText(_folder["out.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_are_evaluated_and_the_training_beside_a_model_is_shown()
    {
        string model = _folder.File("run/model.espalier"), other = TinyData.WriteModel(_folder), data = TinyData.WriteCifar(_folder, 30);
        ModelFile.Write(model, TinyData.Model());
        HistoryCsv.Write(_folder.File("run/history.csv"), [new(1, 10, 0.1, 2, 0.5, 1, 0.5, 1, 100), new(2, 20, 0.1, 1, 0.5, 1, 0.5, 1, 100)]);

        JsonElement json = CliRun.Of("report", _folder["run"], "--against", other, "--data", data, "--limit", "20", "--threads", "1", "-o", _folder.File("out.html"), "--json").Json();

        JsonElement[] models = [.. json.GetProperty("models").EnumerateArray()];
        Assert.Equal(["model", "tiny"], models.Select(each => each.GetProperty("name").GetString()));
        Assert.Equal([2, 0], models.Select(each => each.GetProperty("epochs").GetInt32()));
        Assert.All(models, each => Assert.Equal(20, each.GetProperty("images").GetInt32()));
        Assert.Equal(new FileInfo(_folder["out.html"]).Length, json.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void A_training_is_named_after_its_folder_and_another_history_can_be_given()
    {
        ModelFile.Write(_folder.File("flowers/model.espalier"), TinyData.Model());
        HistoryCsv.Write(_folder.File("other/history.csv"), [new(1, 10, 0.1, 2, 0.5, 1, 0.5, 1, 100)]);
        JsonElement model = CliRun.Of("report", _folder["flowers"], "--training", _folder["other"], "-o", _folder.File("out.html"), "--json").Json().GetProperty("models")[0];
        Assert.Equal(("flowers", 1), (model.GetProperty("name").GetString(), model.GetProperty("epochs").GetInt32()));
    }

    [Fact]
    public void Photos_are_explained_for_both_models_and_what_cannot_be_read_is_a_warning()
    {
        string model = TinyData.WriteModel(_folder), photos = Path.GetDirectoryName(_folder.File("photos/a.png"))!;
        PngEncoder.Save(TinyData.Picture(1), Path.Combine(photos, "a.png"));
        PngEncoder.Save(TinyData.Picture(2), Path.Combine(photos, "b.png"));
        File.WriteAllText(Path.Combine(photos, "c.png"), "no picture");

        CliRun run = CliRun.Of("report", model, "--against", "cifar_resnet8", "--explain", photos, "--data", TinyData.WriteCifar(_folder, 20), "-o", _folder.File("out.html"), "--mean", "0.5,0.5,0.5", "--std", "0.2,0.2,0.2", "--json");

        Assert.Equal(2 + 2 + 2, run.Json().GetProperty("explanations").GetInt32()); // two photos and the residual blocks of each
        Assert.Contains("c.png", run.Error, StringComparison.Ordinal);
        string page = File.ReadAllText(_folder["out.html"]);
        Assert.Equal(4, page.Split("data:image/png;base64,").Length - 1);
        Assert.Contains("data:image/svg\\u002Bxml;base64,", page, StringComparison.Ordinal);
        Assert.Contains("cannot be read", CliRun.Of("report", model, "--explain", Path.Combine(photos, "c.png"), "-o", _folder["out.html"]).UserError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("give the path of the report with -o OUT.html")]
    [InlineData("expected the extension .html", "-o", "tiny.espalier")]
    [InlineData("--limit requires the images of --data", "-o", "out.html", "--limit", "3")]
    [InlineData("--resize requires images: those of --data or --explain; found none", "-o", "out.html", "--resize", "32")]
    [InlineData("--against-weights requires --against", "-o", "out.html", "--against-weights", "a.pth")]
    [InlineData("--time measures the steps of the runtime cpu", "-o", "out.html", "--time", "--runtime", "reference")]
    [InlineData("nothing.csv", "-o", "out.html", "--training", "nothing.csv")]
    public void What_cannot_be_done_is_said(string reason, params string[] options)
    {
        string model = TinyData.WriteModel(_folder);
        string[] arguments = [.. options.Select(option => option is "tiny.espalier" or "out.html" ? _folder[option] : option)];
        byte[] before = File.ReadAllBytes(model);
        Assert.Contains(reason, CliRun.Of(["report", model, .. arguments]).UserError(), StringComparison.Ordinal);
        Assert.Equal(["tiny.espalier"], _folder.Files);
        Assert.Equal(before, File.ReadAllBytes(model));
    }
}
