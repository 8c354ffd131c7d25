using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Gradients;

/// <summary>The straight-through gradients of roundings, of the reference and of the training plan.</summary>
public sealed class QuantizationGradientTests
{
    [Fact]
    public void The_gradient_of_a_rounding_is_that_of_its_result_within_the_range_and_0_outside()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([6]).Quantize("q"));
        var parameters = new Dictionary<string, double[]> { ["q.scale"] = [0.5], ["q.zero_point"] = [10] };
        double[] sample = [0, -5.2, -5.3, 122.7, 122.8, 3]; // −10.4 → −10, −10.6 → −11; 245.4 → 245, 245.6 → 246
        var pass = new ReferenceTraining<double>(graph, parameters, new Dictionary<string, double[]> { ["input"] = sample }, 1, new TrainingDraws(1, 0));
        pass.Backward([1, 2, 3, 4, 5, 6]);

        Assert.Equal([0, -5, -5, 122.5, 122.5, 3], pass.Results["q"]);
        Assert.Equal([1, 2, 0, 4, 0, 6], pass.Gradients["input"]);
    }

    [Fact]
    public void The_gradient_of_a_rounded_weight_is_that_of_its_result_within_the_range_and_0_outside()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([2]).Then("fc", new Linear(2, 2, Bias: false) { QuantizedWeights = true }));
        var parameters = new Dictionary<string, double[]> { ["fc.weight"] = [0.3, -63.7, 63.74, 63.76], ["fc.weight_scale"] = [0.5, 0.5] };
        var pass = new ReferenceTraining<double>(graph, parameters, new Dictionary<string, double[]> { ["input"] = [2, 3] }, 1, new TrainingDraws(1, 0));
        pass.Backward([1, 10]);

        Assert.Equal([(0.5 * 2) - (63.5 * 3), 63.5 * 5], pass.Results["fc"]);
        Assert.Equal([2, 3, 20, 0], pass.ParameterGradients["fc.weight"]);
        Assert.Equal([0.5 + 635, -63.5 + 635], pass.Gradients["input"]);
    }

    [Fact]
    public void Training_starts_from_integers_as_the_numbers_that_they_stand_for_and_keeps_scales()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([3]).Quantize("q").Then("fc", new Linear(3, 2) { QuantizedWeights = true }));
        Parameters parameters = RandomGraphs.ParametersFor(graph);
        var model = new Model(graph, parameters.With("fc.weight", new Parameter(Tensor.From<sbyte>([2, 3], [1, 2, 3, -127, 0, 127]))), ModelMetadata.None);
        using ITrainingRun run = ReferenceRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 1 });

        float scale = parameters["fc.weight_scale"].Value.Read<float>()[1];
        Assert.Equal(-127 * scale, run.Parameters.Single(parameter => parameter.Name == "fc.weight").Value.Span[3]);
        Assert.All(run.Parameters.Where(parameter => parameter.Name.EndsWith("scale", StringComparison.Ordinal)), parameter => Assert.False(parameter.Trainable));
        Model trained = run.ToModel();
        Assert.Equal(ElementType.UInt8, trained.Parameters["q.zero_point"].Value.Type);
        Assert.Equal(QuantizedLayer.Integers(model, graph["fc"]), QuantizedLayer.Integers(trained, graph["fc"]));
        Assert.Contains("'fc.weight' is Int8", Assert.Throws<EspalierException>(() => run.Load([KeyValuePair.Create("fc.weight", model.Parameters["fc.weight"].Value)])).Message, StringComparison.Ordinal);
    }
}
