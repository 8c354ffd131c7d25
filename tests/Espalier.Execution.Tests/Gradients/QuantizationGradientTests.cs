using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests.Gradients;

/// <summary>The straight-through gradients of roundings and those of their scales, by the reference.</summary>
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
        double sum = (0.4 * 2) - (10 * 3) - (0.4 * 4) + (245 * 5); // of an odd count of quanta, and of limits
        Assert.Equal(sum / Math.Sqrt(6 * 245), Assert.Single(pass.ParameterGradients["q.scale"]), 10);
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
        double[] sums = [(0.4 * 2) + (0.4 * 3), (-0.48 * 20) + (127 * 30)];
        Assert.Equal(sums.Select(sum => sum / Math.Sqrt(2 * 127)), pass.ParameterGradients["fc.weight_scale"], (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Training_starts_from_integers_as_the_numbers_that_they_stand_for_and_keeps_scales_if_told()
    {
        Model model = Layer();
        (Graph graph, Parameters parameters) = (model.Graph, model.Parameters);
        model = model.With(parameters.With("fc.weight", new Parameter(Tensor.From<sbyte>([2, 3], [1, 2, 3, -127, 0, 127]))));
        using ITrainingRun run = ReferenceRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 1, LearnScales = false });

        float scale = parameters["fc.weight_scale"].Value.Read<float>()[1];
        Assert.Equal(-127 * scale, run.Parameters.Single(parameter => parameter.Name == "fc.weight").Value.Span[3]);
        Assert.All(run.Parameters.Where(parameter => parameter.Name.EndsWith("scale", StringComparison.Ordinal)), parameter => Assert.False(parameter.Trainable));
        Model trained = run.ToModel();
        Assert.Equal(ElementType.UInt8, trained.Parameters["q.zero_point"].Value.Type);
        Assert.Equal(QuantizedLayer.Integers(model, graph["fc"]), QuantizedLayer.Integers(trained, graph["fc"]));
        Assert.Contains("'fc.weight' is Int8", Assert.Throws<EspalierException>(() => run.Load([KeyValuePair.Create("fc.weight", model.Parameters["fc.weight"].Value)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scales_are_trained_unless_frozen_and_have_to_stay_positive()
    {
        Model model = Layer();
        using ITrainingRun frozen = ReferenceRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 1, Frozen = ["fc"] });
        Assert.Equal(["q.scale"], frozen.Parameters.Where(parameter => parameter.Trainable).Select(parameter => parameter.Name));
        using ITrainingRun run = ReferenceRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 1 });
        TrainingParameter[] scales = [.. run.Parameters.Where(parameter => parameter.Kind == TrainingParameterKind.Scale)];
        Assert.Equal(["q.scale", "fc.weight_scale"], scales.Select(parameter => parameter.Name));
        Assert.All(scales, parameter => Assert.True(parameter.Trainable));

        run.Step(() => scales[1].Value.Span[1] = -0.5f);

        Assert.Contains("'fc.weight_scale' has the element -0.5", Assert.Throws<EspalierException>(() => run.Forward(Tensor.Zeros([1, 3]), 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scale_is_widened_where_a_bias_would_not_fit_into_32_bits()
    {
        Model model = Layer();
        using ITrainingRun run = ReferenceRuntime.Instance.PrepareTraining(model, new TrainingRunOptions { Batch = 1, LearnScales = false });
        TrainingParameter scales = run.Parameters.Single(parameter => parameter.Name == "fc.weight_scale"), bias = run.Parameters.Single(parameter => parameter.Name == "fc.bias");
        float kept = scales.Value.Span[1];
        run.Step(() => (scales.Value.Span[0], bias.Value.Span[0]) = (1e-12f, 3));

        Model trained = run.ToModel();
        float input = trained.Parameters["q.scale"].Value.Read<float>()[0];
        Assert.Equal(3 / input / int.MaxValue, scales.Value.Span[0], 1e-3f * scales.Value.Span[0]);
        Assert.Equal(kept, scales.Value.Span[1]);
        Assert.Same(trained, BiasRoom.Widen(trained));
        Model narrow = trained.With(trained.Parameters.With("fc.weight_scale", new Parameter(Tensor.From<float>([2], [1e-12f, kept]))));
        Assert.Equal(scales.Value.ToArray(), BiasRoom.Widen(narrow).Parameters["fc.weight_scale"].Value.Read<float>().ToArray());
    }

    [Fact]
    public void A_trained_layer_becomes_integers_that_compute_the_same()
    {
        Model model = Layer();
        Parameter weight = model.Parameters["fc.weight"];
        model = model.With(model.Parameters.With("fc.weight", weight with { Mask = Tensor.From<float>([2, 3], [1, 0, 1, 1, 1, 0]) }));
        Model stored = QuantizedLayer.InIntegers(model);

        Assert.Equal(ElementType.Int8, stored.Parameters["fc.weight"].Value.Type);
        Assert.Equal(QuantizedLayer.Integers(model, model.Graph["fc"]), QuantizedLayer.Integers(stored, stored.Graph["fc"]));
        Assert.True(QuantizedLayer.Dequantize(model, model.Graph["fc"]).BitEquals(QuantizedLayer.Dequantize(stored, stored.Graph["fc"])));
        Assert.Same(stored.Parameters["fc.weight"].Value, QuantizedLayer.InIntegers(stored).Parameters["fc.weight"].Value);
    }

    private static Model Layer()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([3]).Quantize("q").Then("fc", new Linear(3, 2) { QuantizedWeights = true }));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
