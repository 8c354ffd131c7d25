using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Tests.Reporting;

public sealed class ReportJsonTests
{
    [Theory]
    [InlineData("cifar_resnet20")]
    [InlineData("googlenet_aux")]
    public void Figures_and_nodes_are_those_of_the_summary(string network)
    {
        Model model = Zoo.Create(network, new ZooOptions()).Initialize(1);
        var summary = new NetworkSummary(model);
        JsonElement data = ReportedData.Of(ReportedData.Page(model)).GetProperty("models")[0];

        Assert.Equal(network, data.GetProperty("name").GetString());
        Assert.Equal((summary.Depth, summary.Parameters, summary.MultiplyAccumulates), (Integer(data, "depth"), Integer(data, "parameters"), Integer(data, "macs")));
        Assert.Equal((summary.NonZeros, summary.EffectiveMultiplyAccumulates, summary.ParameterBytes), (Integer(data, "non_zeros"), Integer(data, "effective_macs"), Integer(data, "parameter_bytes")));
        Assert.Equal(ModelFile.SizeOf(model), Integer(data, "file_bytes"));
        Assert.Equal(model.Graph.Outputs.Select(output => model.Graph.ShapeOf(output).ToString()), data.GetProperty("outputs").EnumerateArray().Select(output => string.Join('x', output.EnumerateArray())));
        Assert.Equal(model.Metadata.Labels, data.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        JsonElement[] nodes = [.. data.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(summary.Nodes.Length, nodes.Length);
        Assert.All(summary.Nodes.Zip(nodes), pair =>
        {
            (NodeSummary row, JsonElement node) = pair;
            Assert.Equal((row.Node.Name, row.Node.Op.Kind, row.Node.Op.ToString()), (node.GetProperty("name").GetString(), node.GetProperty("kind").GetString(), node.GetProperty("op").GetString()));
            Assert.Equal(row.Node.Inputs, Integers(node, "inputs").Select(input => summary.Nodes[input].Node.Name));
            Assert.Equal(row.Output.Extents, Integers(node, "output"));
            Assert.Equal((row.Parameters, row.MultiplyAccumulates, row.NonZeros, row.EffectiveMultiplyAccumulates), (Integer(node, "parameters"), Integer(node, "macs"), Integer(node, "non_zeros"), Integer(node, "effective_macs")));
            Assert.Equal([row.ReceptiveField.Field.Height, row.ReceptiveField.Field.Width], Integers(node, "receptive_field"));
        });
        Assert.Equal(summary.Stages.Select(stage => (stage.Name, stage.Parameters, stage.MultiplyAccumulates)), data.GetProperty("stages").EnumerateArray().Select(stage => (stage.GetProperty("name").GetString()!, Integer(stage, "parameters"), Integer(stage, "macs"))));
        Assert.Equal(summary.Parameters * 4, nodes.Sum(node => node.TryGetProperty("parameter_bytes", out JsonElement bytes) ? bytes.GetInt64() : 0));
    }

    [Fact]
    public void Ledger_training_and_evaluation_have_their_values()
    {
        Model model = ReportedData.WithLedger();
        ClassificationReport evaluation = ReportedData.Evaluate(model, 30);
        JsonElement data = ReportedData.Of(ReportedData.Page(model, new ModelReportOptions { Name = "mine", Evaluation = evaluation, Training = ReportedData.History })).GetProperty("models")[0];

        Assert.Equal("mine", data.GetProperty("name").GetString());
        JsonElement[] steps = [.. data.GetProperty("ledger").EnumerateArray()];
        Assert.Equal(["load", "prune"], steps.Select(step => step.GetProperty("action").GetString()));
        Assert.Equal(ReportedData.Hostile, steps[0].GetProperty("settings")[0].GetProperty("value").GetString());
        Assert.Equal((0.85, 1, 10), (Number(steps[1].GetProperty("results"), "accuracy"), Number(steps[1].GetProperty("results"), "ms"), Number(steps[1].GetProperty("results"), "verified_samples")));
        Assert.Contains("ms for one image on one thread", data.GetProperty("ledger_chart").GetString(), StringComparison.Ordinal);

        JsonElement[] epochs = [.. data.GetProperty("training").GetProperty("epochs").EnumerateArray()];
        Assert.Equal([2.25, 1.5, 1.25], epochs.Select(epoch => Number(epoch, "train_loss")));
        Assert.Equal(JsonValueKind.Null, epochs[1].GetProperty("validation_accuracy").ValueKind);
        Assert.Equal(["Loss", "Accuracy", "Learning rate"], data.GetProperty("training").GetProperty("charts").EnumerateArray().Select(chart => chart.GetProperty("title").GetString()));

        JsonElement found = data.GetProperty("evaluation");
        Assert.Equal((evaluation.Accuracy, evaluation.TopAccuracy(5), evaluation.Loss, evaluation.CalibrationError), (Number(found, "top1"), Number(found, "top5"), Number(found, "loss"), Number(found, "calibration_error")));
        Assert.Equal(evaluation.Classes.Select(figures => (figures.Label, figures.Count, figures.Correct)), found.GetProperty("classes").EnumerateArray().Select(figures => (figures.GetProperty("label").GetString()!, (int)Integer(figures, "images"), (int)Integer(figures, "correct"))));
        Assert.Equal(evaluation.Confusion.Confusions, found.GetProperty("confusions").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32(), pair[2].GetInt32())));
        Assert.NotEmpty(evaluation.Confusion.Confusions);
    }

    [Fact]
    public void What_is_not_known_is_null()
    {
        Model model = TinyData.Model();
        JsonElement data = ReportedData.Of(ReportedData.Page(model.With(model.Metadata with { Preprocessing = null, Labels = [] })));
        JsonElement first = data.GetProperty("models")[0];
        Assert.All((string[])["ms", "other_ms", "preprocessing", "ledger_chart", "training", "evaluation"], name => Assert.Equal(JsonValueKind.Null, first.GetProperty(name).ValueKind));
        Assert.Equal(JsonValueKind.Null, data.GetProperty("differences").ValueKind);
        Assert.Equal(0, first.GetProperty("ledger").GetArrayLength() + first.GetProperty("labels").GetArrayLength() + data.GetProperty("explanations").GetArrayLength());
    }

    [Fact]
    public void Two_models_are_compared_and_their_names_differ()
    {
        Model model = TinyData.Model();
        Model folded = model.Fold(cancellation: TestContext.Current.CancellationToken).Model;
        JsonElement data = ReportedData.Of(ReportedData.Page(model, new ModelReportOptions { Against = new ReportedModel(folded) }));
        StructureDifference expected = model.Graph.StructureDifferenceTo(folded.Graph);

        Assert.Equal(["cifar_resnet20 (first)", "cifar_resnet20 (second)"], data.GetProperty("models").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
        Assert.NotEmpty(expected.OnlyInFirst);
        Assert.Equal(expected.OnlyInFirst, data.GetProperty("differences").GetProperty("only_in_first").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(expected.Changed, data.GetProperty("differences").GetProperty("changed").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Other_weights_are_named_with_both_shapes()
    {
        Model model = TinyData.Model();
        Model narrow = model.Prune(PruneOptions.Channels(0.5), cancellation: TestContext.Current.CancellationToken).Model;
        JsonElement[] reshaped = [.. ReportedData.Of(ReportedData.Page(model, new ModelReportOptions { Against = new ReportedModel(narrow) })).GetProperty("differences").GetProperty("reshaped").EnumerateArray()];
        Assert.Equal(model.Graph.StructureDifferenceTo(narrow.Graph).Reshaped.Select(each => (each.Node, each.Second)), reshaped.Select(each => (each.GetProperty("node").GetString()!, (Shape?)Shape.Of(Integers(each, "second")))));
        Assert.NotEmpty(reshaped);
    }

    [Fact]
    public void Layers_have_their_zeros_as_measured_and_weights_that_are_not_finite_are_none()
    {
        Model pruned = TinyData.Model().Prune(new WeightPruning { Target = PruningTarget.Fraction(0.7), Pattern = WeightPattern.OneByFour }).Model;
        LayerWeights[] expected = [.. pruned.MeasureWeights().Layers];
        JsonElement[] layers = [.. Nodes(pruned).Where(node => node.TryGetProperty("weights", out _))];
        Assert.Equal(expected.Select(layer => layer.Name), layers.Select(node => node.GetProperty("name").GetString()));
        Assert.All(expected.Zip(layers.Select(node => node.GetProperty("weights"))), pair =>
        {
            (LayerWeights layer, JsonElement weights) = pair;
            Assert.Equal((layer.Count, layer.Masked, layer.Zeros), (Integer(weights, "count"), Integer(weights, "masked"), Integer(weights, "zeros")));
            Assert.Equal(layer.ZerosInBlocks, weights.GetProperty("zeros_in_blocks") is { ValueKind: JsonValueKind.Number } blocks ? blocks.GetInt64() : null);
        });
        Assert.Contains(expected, layer => layer.ZerosInBlocks > 0);
        Assert.Contains(expected, layer => layer.ZerosInBlocks is null);

        string name = expected[0].Parameter;
        float[] values = pruned.Parameters[name].Value.Read<float>().ToArray();
        values[0] = float.NaN;
        Tensor weight = Tensor.From(pruned.Parameters[name].Value.Shape, values);
        Model faulty = pruned.With(pruned.Parameters.With([KeyValuePair.Create(name, new Parameter(weight))]));
        Assert.Equal(0, Integer(Nodes(faulty).First(node => node.GetProperty("name").GetString() == expected[0].Name).GetProperty("weights"), "masked"));

        static JsonElement[] Nodes(Model model) => [.. ReportedData.Of(ReportedData.Page(model)).GetProperty("models")[0].GetProperty("nodes").EnumerateArray()];
    }

    [Fact]
    public void An_explanation_has_its_picture_and_numbers()
    {
        byte[] svg = "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray();
        var explanation = new ReportExplanation(ReportedData.Hostile) { Caption = "where it looks", Picture = svg, Numbers = [new("share", 0.5), new("none", double.NaN)] };
        JsonElement written = ReportedData.Of(ReportedData.Page(TinyData.Model(), new ModelReportOptions { Explanations = [explanation] })).GetProperty("explanations")[0];
        Assert.Equal((ReportedData.Hostile, "where it looks", $"data:image/svg+xml;base64,{Convert.ToBase64String(svg)}"), (written.GetProperty("title").GetString(), written.GetProperty("caption").GetString(), written.GetProperty("image").GetString()));
        Assert.Equal((0.5, JsonValueKind.Null), (Number(written.GetProperty("numbers")[0], "value"), written.GetProperty("numbers")[1].GetProperty("value").ValueKind));
        Assert.Contains("PNG, JPEG or SVG", Assert.Throws<ArgumentException>(() => ReportedData.Page(TinyData.Model(), new ModelReportOptions { Explanations = [explanation with { Picture = "GIF89a"u8.ToArray() }] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_in_eight_bits_has_the_bytes_that_are_stored()
    {
        using var folder = new TemporaryFolder();
        Model quantized = TinyData.Model().Quantize(TinyData.WriteCifar(folder, 20), new QuantizeOptions { Images = 8, Scheme = new QuantizationOptions { Observer = CalibrationObserver.MinMax } }, cancellation: TestContext.Current.CancellationToken).Model;
        JsonElement[] nodes = [.. ReportedData.Of(ReportedData.Page(quantized)).GetProperty("models")[0].GetProperty("nodes").EnumerateArray()];
        Assert.Equal(new NetworkSummary(quantized).ParameterBytes, nodes.Sum(node => node.TryGetProperty("parameter_bytes", out JsonElement bytes) ? bytes.GetInt64() : 0));
        Assert.Contains(nodes, node => node.TryGetProperty("parameter_bytes", out JsonElement bytes) && bytes.GetInt64() < 2 * Integer(node, "parameters"));
    }

    private static long Integer(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static int[] Integers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
