using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

public class TrainingPlanTests
{
    private static readonly TrainingPlanOptions Options = new() { Batch = 4 };

    [Fact]
    public void Micro_batches_add_up_where_nothing_depends_on_the_batch()
    {
        using var pool = new WorkerPool(2);
        Model model = Model(norm: false);
        var whole = TrainingPlan.Build(model, Options, pool);
        var halves = TrainingPlan.Build(model, Options, pool);
        Tensor images = CounterFill.Input([4, 3, 8, 8]);
        Tensor gradient = CounterFill.Stream("gradient", [4, 5], -1, 2);

        whole.Forward(images, 0);
        whole.Backward(gradient.Read<float>());
        for (int half = 0; half < 2; half++)
        {
            halves.Forward(Tensor.From([2, 3, 8, 8], images.Read<float>().Slice(half * 2 * 192, 2 * 192)), 0);
            halves.Backward(gradient.Read<float>().Slice(half * 10, 10));
        }

        foreach ((TrainingParameter one, TrainingParameter two) in whole.Parameters.Zip(halves.Parameters))
        {
            Assert.InRange(Difference.Relative(Tensor.From<float>(one.Shape, one.Gradient.Span), Tensor.From<float>(two.Shape, two.Gradient.Span)), 0, 1e-5);
        }

        halves.ZeroGradients();
        Assert.DoesNotContain(halves.Parameters, parameter => parameter.HasGradient);
    }

    [Fact]
    public void A_frozen_scope_keeps_its_parameters_and_statistics()
    {
        var options = new TrainingPlanOptions { Frozen = ["conv1", "bn1"], Seed = 1 };
        TrainingCheck check = PlanCheck.Of(Model(norm: true), 4, options);

        check.AssertClose(1e-4, "a network with a frozen stem");
        Assert.Equal(["conv1.weight", "bn1.weight", "bn1.bias"], check.Run.Parameters.Where(parameter => !parameter.Trainable).Select(parameter => parameter.Name));
        Assert.All(check.Run.Parameters, parameter => Assert.Equal(parameter.Trainable, parameter.HasGradient));
        Assert.True(check.Run.Model.Parameters["bn1.running_mean"].Value.BitEquals(check.Run.Buffers["bn1.running_mean"]));
        Assert.False(check.Run.Model.Parameters["bn2.running_mean"].Value.BitEquals(check.Run.Buffers["bn2.running_mean"]));
    }

    [Fact]
    public void A_frozen_scope_keeps_the_parameters_of_its_nodes_and_those_named_in_it()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("stem", 4, 3);
        Graph graph = net.Build(x.Affine("block.scale", bias: false, weight: "layer_scale").Affine("other", bias: false, weight: "block.factor").Flatten("flatten").Linear("fc", 5));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        var options = new TrainingRunOptions { Batch = 4, Frozen = ["block"] };

        foreach (IRuntime runtime in (IRuntime[])[CpuRuntime.Instance, ReferenceRuntime.Instance])
        {
            using ITrainingRun run = runtime.PrepareTraining(model, options);
            new TrainingCheck(run, options).AssertClose(1e-4, runtime.Name);
            Assert.Equal(["block.factor", "layer_scale"], run.Parameters.Where(parameter => !parameter.Trainable).Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
            Assert.All(run.Parameters, parameter => Assert.Equal(parameter.Trainable, parameter.HasGradient));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frozen_norm_without_running_statistics_normalizes_with_those_of_the_batch(bool affine)
    {
        Graph graph = new OpSample(new BatchNorm(6) { Affine = affine, RunningStatistics = false }, [6, 5, 4]).ToSurroundedGraph();
        var options = new TrainingRunOptions { Batch = 3, Frozen = ["op"] };
        foreach (IRuntime runtime in (IRuntime[])[CpuRuntime.Instance, ReferenceRuntime.Instance])
        {
            using ITrainingRun run = runtime.PrepareTraining(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), options);
            new TrainingCheck(run, options).AssertClose(1e-3, runtime.Name);
            Assert.Equal(affine ? 2 : 0, run.Parameters.Count(parameter => !parameter.Trainable));
        }
    }

    [Fact]
    public void A_parameter_that_is_not_trainable_has_no_gradient_but_its_norm_still_sees_the_batch()
    {
        Model model = Model(norm: true);
        model = model.With(model.Parameters.With("bn1.weight", model.Parameters["bn1.weight"] with { Trainable = false }));
        TrainingCheck check = PlanCheck.Of(model, 4, new TrainingPlanOptions());

        check.AssertClose(1e-4, "a network with one frozen parameter");
        Assert.Equal(1, check.Run.Buffers["bn1.num_batches_tracked"].Read<long>()[0]);
        Assert.Equal(0, check.Run.Parameters.Single(parameter => parameter.Name == "bn1.weight").Gradient.Length);
    }

    [Fact]
    public void A_bias_is_trained_though_its_weights_are_not()
    {
        Model model = Model(norm: false);
        string[] still = ["conv2.weight", "fc.weight"];
        model = model.With(model.Parameters.With(still.Select(name => KeyValuePair.Create(name, model.Parameters[name] with { Trainable = false }))));
        TrainingCheck check = PlanCheck.Of(model, 4, new TrainingPlanOptions());

        check.AssertClose(1e-4, "a network with two layers of which only the biases are trained");
        Assert.Equal(["conv1.weight", "conv2.bias", "fc.bias"], check.Run.Parameters.Where(parameter => parameter.HasGradient).Select(parameter => parameter.Name));
    }

    [Fact]
    public void Kinds_tell_weights_from_biases_and_norms()
    {
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(Model(norm: true), Options, pool);

        Assert.Equal(
            ["conv1.weight Weight", "bn1.weight Norm", "bn1.bias Norm", "conv2.weight Weight", "conv2.bias Bias", "bn2.weight Norm", "bn2.bias Norm", "fc.weight Weight", "fc.bias Bias"],
            plan.Parameters.Select(parameter => $"{parameter.Name} {parameter.Kind}"));
    }

    [Fact]
    public void The_model_of_a_plan_has_its_numbers_and_a_plan_takes_them_back()
    {
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(Model(norm: true), Options, pool);
        plan.Forward(CounterFill.Input([4, 3, 8, 8]), 0);
        plan.Parameters[0].Value.Span[3] = 42;
        plan.ParametersChanged();
        Model model = plan.ToModel();
        var other = TrainingPlan.Build(Model(norm: true), Options, pool);
        other.Load(model.Parameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)));

        Assert.Equal(42, model.Parameters["conv1.weight"].Value.Read<float>()[3]);
        Assert.True(model.Parameters["bn2.running_var"].Value.BitEquals(plan.Buffers["bn2.running_var"]));
        Assert.Equal(1, model.Parameters["bn2.num_batches_tracked"].Value.Read<long>()[0]);
        Assert.Equal(plan.Forward(CounterFill.Input([2, 3, 8, 8]), 1).ToArray(), other.Forward(CounterFill.Input([2, 3, 8, 8]), 1).ToArray());
        Assert.Contains("fc.bias", Assert.Throws<EspalierException>(() => other.Load([KeyValuePair.Create("fc.bias", Tensor.Zeros([7]))])).Message, StringComparison.Ordinal);
        Assert.Contains("'nose'", Assert.Throws<EspalierException>(() => other.Load([KeyValuePair.Create("nose", Tensor.Zeros([7]))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_trained_on_is_refused()
    {
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(Model(norm: true), Options, pool);

        Assert.Throws<InvalidOperationException>(() => plan.Backward(new float[20]));
        Assert.Contains("1 to 4 samples of 3x8x8", Assert.Throws<EspalierException>(() => plan.Forward(CounterFill.Input([5, 3, 8, 8]), 0).Length).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => plan.Forward(CounterFill.Input([2, 3, 8, 9]), 0).Length);
        Assert.Contains("'layer9'", Assert.Throws<EspalierException>(() => TrainingPlan.Build(Model(norm: true), Options with { Frozen = ["layer9"] }, pool)).Message, StringComparison.Ordinal);
        plan.Forward(CounterFill.Input([2, 3, 8, 8]), 0);
        Assert.Throws<ArgumentException>(() => plan.Backward(new float[20]));
        plan.Backward(new float[10]);
        Assert.Throws<InvalidOperationException>(() => plan.Backward(new float[10]));
    }

    [Fact]
    public void Memory_is_known_before_it_is_taken()
    {
        using var pool = new WorkerPool(1);
        MemoryForecast small = TrainingPlan.Build(Model(norm: true), Options, pool).Memory;
        MemoryForecast large = TrainingPlan.Build(Model(norm: true), Options with { Batch = 400 }, pool).Memory;

        Assert.Equal(100 * small.Arena, large.Arena);
        Assert.Equal(small.Parameters, large.Parameters);
        Assert.True(small.PackedWeights > 0 && small.ParameterGradients > 0 && small.Total > small.Arena + small.Parameters);
        EspalierException huge = Assert.Throws<EspalierException>(() => TrainingPlan.Build(Model(norm: true), Options with { Batch = 2_000_000_000 / 1000 }, pool));
        Assert.Contains("smaller batch", huge.Message, StringComparison.Ordinal);
    }

    private static Model Model(bool norm)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("conv1", 8, 3, padding: 1);
        x = norm ? x.BatchNorm("bn1") : x;
        x = x.Relu("relu1").Conv2d("conv2", 20, 3, stride: 2, padding: 1, bias: true);
        x = norm ? x.BatchNorm("bn2") : x;
        Graph graph = net.Build(x.Relu("relu2").GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
