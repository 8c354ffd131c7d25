using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Onnx;

namespace Espalier.Cli.Tests;

/// <summary>ONNX networks in the place of models, and as a format to write.</summary>
public sealed class OnnxVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _onnx;

    public OnnxVerbTests()
    {
        _model = TinyData.WriteModel(_folder);
        _onnx = _folder.File("tiny.onnx");
        Success("convert", _model, _onnx);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_comes_back_from_ONNX_with_labels_and_preprocessing()
    {
        string back = _folder.File("back.espalier");
        Success("convert", _onnx, back);
        Model before = ModelFile.Read(_model), after = ModelFile.Read(back);
        Assert.Equal(before.Metadata.Labels, after.Metadata.Labels);
        Assert.Equal(before.Metadata.Preprocessing, after.Metadata.Preprocessing);
        Assert.Equal(before.Graph.ToString(), after.Graph.ToString());
    }

    [Fact]
    public void Photographs_are_classified_alike()
    {
        string photo = _folder.File("photo.png");
        PngEncoder.Save(TinyData.Picture(3), photo);
        Assert.Equal(Predictions(_model, photo), Predictions(_onnx, photo));
        Assert.Contains("cifar_resnet20", Success("summary", _onnx).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_is_folded_and_pruned_from_ONNX_to_ONNX()
    {
        string folded = _folder.File("folded.onnx"), pruned = _folder.File("pruned.onnx");
        Assert.Contains("ONNX network", Success("fold", _onnx, "-o", folded).Out, StringComparison.Ordinal);
        Success("prune", _onnx, "--channels", "--amount", "0.3", "-o", pruned);
        Model fold = OnnxReader.Read(folded).Model, prune = OnnxReader.Read(pruned).Model;
        Assert.DoesNotContain(fold.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.True(new NetworkDefinition(prune.Graph, prune.Metadata).Summarize().Parameters < new NetworkDefinition(fold.Graph, fold.Metadata).Summarize().Parameters);
        Assert.Contains("fold", Success("history", folded).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Fine_tuning_says_that_norms_were_folded_away_and_puts_them_back()
    {
        string folded = _folder.File("folded.onnx"), data = TinyData.WriteCifar(_folder, 40);
        Success("fold", _onnx, "-o", folded);
        string[] finetune = ["finetune", folded, "--data", data, "--epochs", "1", "--batch", "20", "--augment", "none", "-o"];
        Assert.Contains("--fresh-norms", Success([.. finetune, _folder.File("without")]).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no batch norms", Success([.. finetune, _folder.File("with"), "--fresh-norms"]).Error, StringComparison.Ordinal);
        Model model = ModelFile.Read(Path.Combine(_folder.File("with"), "model.espalier"));
        Assert.Equal(model.Graph.Nodes.Count(node => node.Op is Conv2d), model.Graph.Nodes.Count(node => node.Op is BatchNorm));
        Assert.Contains(model.Metadata.Lineage, step => step.Action == "insert norms");
    }

    [Fact]
    public void A_network_of_features_gets_a_classifier_which_alone_is_trained()
    {
        Model tiny = TinyData.Model();
        Node last = tiny.Graph[tiny.Graph.Outputs[0]];
        string features = _folder.File("features.onnx"), runs = _folder.File("runs");
        var graph = new Graph(tiny.Graph.Nodes.Where(node => node != last), [last.Inputs[0]]);
        var parameters = Parameters.From(tiny.Parameters.Where(parameter => !last.Parameters.Contains(parameter.Key)));
        OnnxWriter.Write(new Model(graph, parameters, tiny.Metadata with { Labels = [] }), features);
        CliRun run = Success("finetune", features, "--data", TinyData.WriteCifar(_folder, 40), "--head-only", "--epochs", "1", "--batch", "20", "--augment", "none", "-o", runs);
        Assert.Contains("the network computes features", run.Error, StringComparison.Ordinal);
        Model trained = ModelFile.Read(Path.Combine(runs, "model.espalier"));
        Assert.All(parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(trained.Parameters[parameter.Key].Value), parameter.Key));
        Assert.Equal(10, trained.Metadata.Labels.Count);
    }

    [Theory]
    [InlineData("--compact", "only a model file")]
    [InlineData("--zeros-as-masks", "only a model file")]
    [InlineData("--opset", "--opset takes an integer from 13 to 22", "12")]
    public void What_an_ONNX_network_cannot_have_is_refused(string option, string message, string? value = null)
    {
        CliRun run = CliRun.Of([.. (string[])["convert", _model, _folder.File("x.onnx"), option], .. value is null ? [] : (string[])[value]]);
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("x.onnx")));
    }

    [Fact]
    public void Options_of_ONNX_are_refused_where_there_is_none()
    {
        Assert.Contains("--opset is for an ONNX network", CliRun.Of("convert", _model, _folder.File("x.espalier"), "--opset", "17").Error, StringComparison.Ordinal);
        Assert.Contains("--input-size", CliRun.Of("summary", _model, "--input-size", "32").Error, StringComparison.Ordinal);
        Assert.Contains("--input-size takes pixels", CliRun.Of("summary", _onnx, "--input-size", "3x2x1").Error, StringComparison.Ordinal);
    }

    private static string Predictions(string model, string photo) =>
        Success("classify", model, photo, "--json").Json()[0].GetProperty("predictions").ToString();

    private static CliRun Success(params string[] args)
    {
        CliRun run = CliRun.Of(args);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        return run;
    }
}
