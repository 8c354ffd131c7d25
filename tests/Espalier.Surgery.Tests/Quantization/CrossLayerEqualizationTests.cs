using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Quantizing;

/// <summary>Equalization keeps the function and makes magnitudes equal, and leaves alone what it must.</summary>
public sealed class CrossLayerEqualizationTests
{
    [Theory]
    [InlineData("relu")]
    [InlineData("leaky relu")]
    [InlineData("none")]
    [InlineData("pool")]
    public void A_pair_computes_the_same_and_has_equal_magnitudes(string between)
    {
        Model model = Uneven(Build(x => Between(x.Conv2d("a", 6, 3, padding: 1, bias: true), between).Conv2d("b", 4, 3, bias: true)));
        Model equalized = model.Apply(new CrossLayerEqualization());

        Assert.InRange(Change(model, equalized), 0, 2e-6);
        double[] own = Outputs(equalized, "a.weight", 6), next = [.. Enumerable.Range(0, 6).Select(i => Inputs(equalized, "b.weight", 6)[i])];
        Assert.All(own.Zip(next), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * pair.First));
        double[] products = [.. Outputs(model, "a.weight", 6).Zip(Inputs(model, "b.weight", 6), (a, b) => Math.Sqrt(a * b))];
        Assert.All(own.Zip(products), pair => Assert.Equal(pair.Second, pair.First, 1e-4 * pair.Second));
        Assert.True(Outputs(model, "a.weight", 6).Max() > 100 * Outputs(model, "a.weight", 6).Min());
    }

    [Fact]
    public void A_depthwise_triple_and_a_classifier_behind_a_pool_compute_the_same_and_have_equal_magnitudes()
    {
        Model model = Uneven(Build(x => x.Conv2d("expand", 6, 1, bias: true).Relu("r1").Conv2d("depthwise", 6, 3, padding: 1, groups: 6, bias: true).Relu("r2").Conv2d("project", 4, 1)
            .MaxPool("pool", 2).Flatten("flatten").Linear("fc", 3)));
        Model equalized = model.Apply(new CrossLayerEqualization());

        Assert.InRange(Change(model, equalized), 0, 2e-6);
        double[] expand = Outputs(equalized, "expand.weight", 6), depthwise = Outputs(equalized, "depthwise.weight", 6), project = Inputs(equalized, "project.weight", 6);
        Assert.All(expand.Zip(depthwise), pair => Assert.Equal(pair.First, pair.Second, 0.01 * pair.First));
        Assert.All(depthwise.Zip(project), pair => Assert.Equal(pair.First, pair.Second, 0.01 * pair.First));
        float[] fc = equalized.Parameters["fc.weight"].Value.Read<float>().ToArray();
        double[] read = [.. Enumerable.Range(0, 4).Select(channel => Enumerable.Range(0, fc.Length).Where(i => i % 64 / 16 == channel).Max(i => (double)Math.Abs(fc[i])))]; // 4x4 pixels
        Assert.All(Outputs(equalized, "project.weight", 4).Zip(read), pair => Assert.Equal(pair.First, pair.Second, 0.01 * pair.First));
    }

    [Fact]
    public void Groups_are_told_apart()
    {
        Model model = Uneven(Build(x => x.Conv2d("a", 8, 1, bias: true).Relu("r").Conv2d("b", 6, 3, groups: 2, bias: true)));
        Model equalized = model.Apply(new CrossLayerEqualization());

        Assert.InRange(Change(model, equalized), 0, 2e-6);
        float[] b = equalized.Parameters["b.weight"].Value.Read<float>().ToArray(); // [6, 4, 3, 3]: outputs 0–2 read channels 0–3
        double[] read = [.. Enumerable.Range(0, 8).Select(channel => Enumerable.Range(0, b.Length).Where(i => (i / 108 * 4) + (i / 9 % 4) == channel).Max(i => (double)Math.Abs(b[i])))];
        Assert.All(Outputs(equalized, "a.weight", 8).Zip(read), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * pair.First));
    }

    [Fact]
    public void Limits_stop_it_unless_samples_show_that_they_do_not_act()
    {
        Model model = Uneven(Build(x => x.Conv2d("a", 6, 3, bias: true).Relu6("relu6").Conv2d("b", 4, 3)));

        PassPlan plan = new CrossLayerEqualization().Plan(model);
        Assert.Empty(plan.Patches);
        Assert.Contains(plan.Refusals, refusal => refusal.Node == "a" && refusal.Reason.StartsWith("'relu6' (relu6) limits values", StringComparison.Ordinal));

        Assert.Empty(new CrossLayerEqualization(Measured(6), true).Plan(model).Patches);
        Model equalized = model.Apply(new CrossLayerEqualization(Measured(5.9f), true));
        Assert.IsType<Relu>(equalized.Graph["relu6"].Op);
        Tensor small = Tensor.From<float>([1, 3, 8, 8], [.. CounterFill.Input([1, 3, 8, 8]).Read<float>().ToArray().Select(value => value / 1000)]); // no limit acts
        Assert.InRange(PassVerification.RelativeDifference(model, equalized, small, ReferenceRuntime.Instance), 0, 2e-6);

        static Dictionary<string, float[]> Measured(float greatest) => new() { ["a"] = [1, 1, 1, 1, 1, greatest], ["relu6"] = [1, 1, 1, 1, 1, greatest], ["b"] = [1, 1, 1, 1] };
    }

    [Fact]
    public void Other_activations_several_readers_and_shared_weights_stop_it()
    {
        Assert.Equal("'silu' (silu) does not let a factor pass", Reason(Build(x => x.Conv2d("a", 6, 3).Silu("silu").Conv2d("b", 4, 3))));
        Assert.Equal("'bn' (batch_norm) is between it and the next layer", Reason(Build(x => x.Conv2d("a", 6, 3).BatchNorm("bn").Conv2d("b", 4, 3))));
        Assert.Equal("'a' is read by several nodes or by none", Reason(Build(x =>
        {
            Value a = x.Conv2d("a", 6, 3);
            return a.Conv2d("b", 6, 3, padding: 1).Add("sum", a);
        })));
        Model tied = Build(x => x.Conv2d("a", 3, 3, padding: 1).Conv2d("b", 3, 3, padding: 1));
        var graph = new Graph([.. tied.Graph.Nodes.Select(node => node.Name == "b" ? node with { Parameters = ["a.weight"] } : node)], tied.Graph.Outputs);
        Assert.Equal("'a.weight' is a parameter of several nodes", Reason(new Model(graph, tied.Parameters.Where(name => name == "a.weight"), ModelMetadata.None)));

        static string Reason(Model model)
        {
            PassPlan plan = new CrossLayerEqualization().Plan(model);
            Assert.Empty(plan.Patches);
            return plan.Refusals.First(refusal => refusal.Node == "a").Reason;
        }
    }

    [Fact]
    public void Measured_magnitudes_of_channels_that_a_depthwise_layer_reads_become_equal()
    {
        Model model = Uneven(Build(x => x.Conv2d("a", 6, 1, bias: true).Relu("relu").Conv2d("depthwise", 6, 3, groups: 6)));
        Tensor samples = CounterFill.Input([16, 3, 8, 8]);
        float[] Magnitudes(Model any)
        {
            var observed = new Model(new Graph(any.Graph.Nodes, ["relu", "depthwise"]), any.Parameters, any.Metadata);
            float[][] maps = [.. ReferenceRuntime.Instance.Run(observed, samples).Read<float>().ToArray().Chunk(64)];
            return [.. Enumerable.Range(0, 6).Select(channel => maps.Where((_, i) => i % 6 == channel).Max(map => map.Max()))];
        }

        float[] measured = Magnitudes(model);
        Assert.True(measured.Max() > 100 * measured.Min());
        Model equalized = model.Apply(new CrossLayerEqualization(new Dictionary<string, float[]> { ["relu"] = measured }, false));
        Assert.All(Magnitudes(equalized), magnitude => Assert.Equal(1, magnitude, 1e-4));
        Assert.InRange(Change(model, equalized), 0, 2e-6);

        Quantization pass = Quantization.Calibrate(model, [samples], ReferenceRuntime.Instance, new() { Equalize = true });
        Assert.True(pass.Equalizes);
        Assert.Contains(model.ApplyAndRecord(pass).Metadata.Lineage[^1].Settings, setting => setting == new LineageSetting("equalize", "yes"));
    }

    private static Value Between(Value x, string between) => between switch
    {
        "relu" => x.Relu("between"),
        "leaky relu" => x.LeakyRelu("between", 0.1),
        "pool" => x.Relu("between").AveragePool("pool", 2),
        _ => x,
    };

    private static Model Build(Func<Value, Value> body) => FoldingNet.Build(3, 8, 8, body);

    // The first layer's channels have magnitudes that differ by orders.
    private static Model Uneven(Model model)
    {
        string name = model.Graph.Nodes.First(node => node.Op is Conv2d).Name;
        Parameter weight = model.Parameters[$"{name}.weight"], bias = model.Parameters[$"{name}.bias"];
        float Factor(int channel) => MathF.Pow(4, channel - 2);
        int length = (int)(weight.Value.Shape.Count / weight.Value.Shape[0]);
        return model.With(model.Parameters
            .With($"{name}.weight", weight with { Value = Tensor.From<float>(weight.Value.Shape, [.. weight.Value.Read<float>().ToArray().Select((value, i) => value * Factor(i / length))]) })
            .With($"{name}.bias", bias with { Value = Tensor.From<float>(bias.Value.Shape, [.. bias.Value.Read<float>().ToArray().Select((value, i) => value * Factor(i))]) }));
    }

    private static double[] Outputs(Model model, string weight, int channels)
    {
        float[] values = model.Parameters[weight].Value.Read<float>().ToArray();
        return [.. values.Chunk(values.Length / channels).Select(row => (double)row.Max(Math.Abs))];
    }

    private static double[] Inputs(Model model, string weight, int channels)
    {
        Tensor tensor = model.Parameters[weight].Value;
        float[] values = tensor.Read<float>().ToArray();
        int kernel = (int)(tensor.Shape.Count / tensor.Shape[0] / channels);
        return [.. Enumerable.Range(0, channels).Select(channel => values.Where((_, i) => i / kernel % channels == channel).Max(value => (double)Math.Abs(value)))];
    }

    private static double Change(Model before, Model after) => FoldingNet.Change(before, after);
}
