using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>Training of quantized networks: roundings with learned scales, together with everything that a training may have.</summary>
public sealed class QuantizedTrainingTests
{
    [Fact]
    public void It_learns_with_all_scales_and_ends_in_integers()
    {
        Model before = Network();
        TrainingOutcome outcome = Run(TinyTraining.Options with { Epochs = 8 }, before);

        Assert.True(outcome.History[^1].TrainingAccuracy > 0.9, $"{outcome.History[^1].TrainingAccuracy}");
        foreach (Node node in before.Graph.Nodes)
        {
            if (node.Op is Quantize || QuantizedLayer.Is(node.Op))
            {
                string name = node.Parameter(node.Op is Quantize ? "scale" : QuantizedLayer.ScaleRole);
                float[] scales = outcome.Model.Parameters[name].Value.Read<float>().ToArray();
                Assert.All(scales, scale => Assert.InRange(scale, 1e-6f, 1));
                Assert.NotEqual(before.Parameters[name].Value.Read<float>().ToArray(), scales);
            }

            if (QuantizedLayer.Is(node.Op))
            {
                Assert.Equal(ElementType.Int8, outcome.Model.Parameters[node.Parameter("weight")].Value.Type);
            }
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("adamw")]
    [InlineData("everything")]
    [InlineData("sensitive")]
    public void Going_on_from_any_step_gives_the_same_bits(string variant)
    {
        TrainingOptions options = TrainingVariants.Of(variant);
        TrainingOutcome whole = Run(options with { Threads = 3 });
        for (int stop = 1; stop < options.Epochs * 5; stop += 4)
        {
            using var trainer = new Trainer(Network(seed: 77), TinyTraining.Loader(), options) { Validate = TinyTraining.Pseudo };
            trainer.Restore(TinyTraining.StopAfter(Network(), options, stop));
            TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);

            TinyTraining.AssertSame(whole.Model, outcome.Model);
            Assert.Equal(TinyTraining.WithoutTimes(whole.History), TinyTraining.WithoutTimes(outcome.History));
        }
    }

    [Fact]
    public void Recomputation_changes_no_bit() =>
        TinyTraining.AssertSame(Run(TinyTraining.Options).Model, Run(TinyTraining.Options with { Recompute = true }).Model);

    [Fact]
    public void Gradients_of_scales_add_up_over_the_parts_of_a_batch()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, TinyTraining.Side, TinyTraining.Side).Quantize("q").Flatten("flatten");
        Graph graph = net.Build(x.Then("fc", new Linear(x.Shape[0], TinyTraining.Classes) { QuantizedWeights = true }).Quantize("logits"));
        Model before = WithScales(new NetworkDefinition(graph, ModelMetadata.None).Initialize(3));
        Model Step(int parts)
        {
            using var trainer = new Trainer(before, TinyTraining.Loader(count: 8), TinyTraining.Options with { Epochs = 1, Accumulation = parts });
            return trainer.Run(cancellation: TestContext.Current.CancellationToken).Model;
        }

        (Model whole, Model some) = (Step(1), Step(3));
        foreach (string name in before.Parameters.Keys.Where(name => name.EndsWith("scale", StringComparison.Ordinal)))
        {
            float[] start = before.Parameters[name].Value.Read<float>().ToArray(), scales = whole.Parameters[name].Value.Read<float>().ToArray();
            Assert.NotEqual(start, scales);
            SomeParameters.AssertClose([.. scales.Zip(start, (a, b) => (double)a - b)], [.. some.Parameters[name].Value.Read<float>().ToArray().Zip(start, (a, b) => a - b)], 1e-3, name);
        }
    }

    [Fact]
    public void Kept_scales_stay_and_are_a_setting_that_resuming_compares()
    {
        Model before = Network();
        TrainingOptions options = TinyTraining.Options with { LearnScales = false };
        Model after = Run(options, before).Model;
        Assert.All(before.Parameters.Where(parameter => parameter.Key.EndsWith("scale", StringComparison.Ordinal)), parameter => Assert.True(parameter.Value.Value.BitEquals(after.Parameters[parameter.Key].Value), parameter.Key));

        using var trainer = new Trainer(Network(), TinyTraining.Loader(), TinyTraining.Options) { Validate = TinyTraining.Pseudo };
        TrainingCheckpoint checkpoint = TinyTraining.StopAfter(Network(), options, 2);
        Assert.Contains("scales 'kept'", Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masked_weights_stay_integers_of_0_with_a_teacher_and_averaged_weights()
    {
        Model teacher = TinyTraining.Network(5), before = Network();
        float[] mask = [.. Enumerable.Range(0, 8 * 8 * 9).Select(i => i % 3 == 0 ? 0f : 1f)];
        before = before.With(before.Parameters.With("block.conv.weight", before.Parameters["block.conv.weight"] with { Mask = Tensor.From<float>([8, 8, 3, 3], mask) }));
        TrainingOptions options = TinyTraining.Options with
        {
            Objective = new Distillation(images => TinyTraining.Options.Runtime!.Run(teacher, images)) { Network = teacher, Temperature = 2, Alpha = 0.5 },
            Extensions = [new WeightAveraging(0.8)],
        };

        Model after = Run(options, before).Model;

        sbyte[] integers = QuantizedLayer.Integers(after, after.Graph["block.conv"]);
        Assert.All(integers.Index().Where(each => each.Index % 3 == 0), each => Assert.Equal(0, each.Item));
        Assert.Contains(integers, integer => integer != 0);
        Assert.NotEqual(before.Parameters["block.conv.weight_scale"].Value.Read<float>().ToArray(), after.Parameters["block.conv.weight_scale"].Value.Read<float>().ToArray());
    }

    [Fact]
    public void Both_runtimes_make_the_same_steps()
    {
        // Float32 and double round some values to different sides, so scales are compared, not bits.
        TrainingOptions options = TinyTraining.Options with { Epochs = 1 };
        Model before = Network(), fast = Run(options, before).Model, slow = Run(options with { Runtime = ReferenceRuntime.Instance }, before).Model;
        foreach (string name in before.Parameters.Keys.Where(name => name.EndsWith("scale", StringComparison.Ordinal)))
        {
            (float[] a, float[] b) = (fast.Parameters[name].Value.Read<float>().ToArray(), slow.Parameters[name].Value.Read<float>().ToArray());
            for (int i = 0; i < a.Length; i++)
            {
                Assert.True(Math.Abs(a[i] - b[i]) <= 0.02 * b[i], $"{name}, element {i}: {a[i]} and {b[i]}");
            }
        }
    }

    /// <summary>The small network with its norms between quantized convolutions and roundings.</summary>
    private static Model Network(ulong seed = 3)
    {
        var builder = new GraphBuilder();
        Value x = builder.Input(3, TinyTraining.Side, TinyTraining.Side).Quantize("input_quantize");
        x = Convolution(x, "conv1").BatchNorm("bn1").Relu("relu1").Quantize("relu1_quantize");
        Value branch = Convolution(x, "block.conv").BatchNorm("block.bn").Quantize("block.bn_quantize");
        x = x.StochasticDepth("block.add", branch, new StochasticDepth(0.6)).Relu("relu2").Quantize("relu2_quantize");
        x = x.AveragePool("pool", 4).Quantize("pool_quantize").Flatten("flatten").Dropout("dropout", 0.1);
        Graph graph = builder.Build(x.Then("fc", new Linear(x.Shape[0], TinyTraining.Classes) { QuantizedWeights = true }).Quantize("fc_quantize"));
        return WithScales(new NetworkDefinition(graph, ModelMetadata.None with { Architecture = "tiny" }).Initialize(seed));
    }

    private static Model WithScales(Model model)
    {
        Graph graph = model.Graph;
        IEnumerable<KeyValuePair<string, Parameter>> points = graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node =>
        {
            var point = QuantizationPoint.Covering(node.Name.StartsWith("relu", StringComparison.Ordinal) || node.Name == "pool_quantize" ? 0 : -3, 3);
            return (KeyValuePair<string, Parameter>[])
            [
                KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale))),
                KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])) { Trainable = false }),
            ];
        });
        return model.With(model.Parameters.With(points).With(graph.Nodes.Where(node => QuantizedLayer.Is(node.Op)).Select(node => KeyValuePair.Create(node.Parameter(QuantizedLayer.ScaleRole), Scales(model, node)))));
    }

    private static Value Convolution(Value x, string name) => x.Then(name, new Conv2d(x.Channels, 8, 3) { Padding = 1, QuantizedWeights = true });

    private static Parameter Scales(Model model, Node layer)
    {
        float[] weight = model.Parameters[layer.Parameter("weight")].Value.Read<float>().ToArray();
        int outputs = layer.Op.Parameters[0].Shape[0];
        return new Parameter(Tensor.From<float>([outputs], [.. weight.Chunk(weight.Length / outputs).Select(channel => channel.Max(Math.Abs) / QuantizedLayer.Greatest)]));
    }

    private static TrainingOutcome Run(TrainingOptions options, Model? model = null)
    {
        using var trainer = new Trainer(model ?? Network(), TinyTraining.Loader(), options) { Validate = TinyTraining.Pseudo };
        return trainer.Run(cancellation: TestContext.Current.CancellationToken);
    }
}
