using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>What every runtime promises beyond numbers: batches, callers, errors, the life of a training run.</summary>
public sealed class ContractTests
{
    private static readonly Case s_small = new("cifar_resnet8", Build("cifar_resnet8"), 5, [3, 12, 10]);

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_sample_has_the_same_bits_in_any_batch_on_any_threads_and_beside_other_callers(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(A_sample_has_the_same_bits_in_any_batch_on_any_threads_and_beside_other_callers));
        using IRunnable one = Runtimes.Get(runtime).Prepare(s_small.Model, new RunOptions { Threads = 1 });
        using IRunnable three = Runtimes.Get(runtime).Prepare(s_small.Model, new RunOptions { Threads = 3 });
        Tensor all = one.Run(s_small.Input);
        int classes = (int)all.Shape[1];
        int sample = s_small.Input.Bytes.Length / s_small.Batch;
        Tensor[] together = new Tensor[4];
        Parallel.For(0, together.Length, i => together[i] = three.Run(s_small.Input));

        Assert.All(together, result => Assert.True(result.BitEquals(all)));
        for (int i = 0; i < s_small.Batch; i++)
        {
            Tensor alone = Tensor.Over(s_small.Input.Shape.WithoutFirst().Prepend(1), ElementType.Float32, s_small.Input.Bytes.Slice(i * sample, sample));
            Assert.Equal(all.Read<float>().Slice(i * classes, classes), one.Run(alone).Read<float>());
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Threads_can_be_shared_and_stay_their_owners(string runtime)
    {
        using var workers = new WorkerPool(2);
        Tensor expected = Runtimes.Get(runtime).Run(s_small.Model, s_small.Input);
        for (int i = 0; i < 2; i++)
        {
            using IRunnable runnable = Runtimes.Get(runtime).Prepare(s_small.Model, new RunOptions { Workers = workers });
            Assert.True(runnable.Run(s_small.Input).BitEquals(expected));
        }

        workers.Run(2, _ => { });
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Outputs_are_written_to_where_they_are_wanted(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(Outputs_are_written_to_where_they_are_wanted));
        using IRunnable runnable = Runtimes.Get(runtime).Prepare(s_small.Model, new RunOptions { Threads = 2 });
        Tensor input = CounterFill.Input([2, 3, 32, 32]);
        float[] samples = input.Read<float>().ToArray(), actual = new float[2 * 10];

        runnable.Run(samples, actual);

        Assert.Equal(runnable.Run(input).Read<float>(), actual);
        Assert.Throws<ArgumentException>(() => runnable.Run(samples, new float[actual.Length + 1]));
        Assert.Throws<ArgumentException>(() => runnable.Run(samples.AsSpan(1), actual));
        Assert.Throws<ArgumentException>(() => runnable.Run([], []));
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void What_is_no_batch_of_samples_is_refused(string runtime)
    {
        using IRunnable runnable = Runtimes.Get(runtime).Prepare(s_small.Model);

        Assert.Throws<EspalierException>(() => runnable.Run(Tensor.Zeros([3])));
        Assert.Throws<EspalierException>(() => runnable.Run(Tensor.Zeros([1, 3, 8, 8], ElementType.Float64)));
        Assert.Throws<EspalierException>(() => runnable.Run(Tensor.Zeros([0, 3, 8, 8])));
        Assert.Throws<GraphException>(() => runnable.Run(Tensor.Zeros([1, 4, 8, 8])));
        Assert.True(runnable.Run(s_small.Input).BitEquals(Runtimes.Get(runtime).Run(s_small.Model, s_small.Input)), "it runs on after an error");
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_training_run_keeps_its_order_and_its_names(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(A_training_run_keeps_its_order_and_its_names));
        Tensor images = CounterFill.Input([2, 3, 32, 32]);
        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(s_small.Model, new TrainingRunOptions { Batch = 2, Frozen = ["conv1"] });
        float[] gradient = new float[2 * run.OutputShape.Count];

        Assert.Throws<InvalidOperationException>(() => run.Backward(gradient));
        Assert.Throws<EspalierException>(() => run.Forward(CounterFill.Input([3, 3, 32, 32]), 0));
        Assert.Throws<EspalierException>(() => run.Forward(CounterFill.Input([2, 3, 32, 31]), 0));
        float[] before = run.Forward(images, 0).ToArray();
        Assert.Throws<ArgumentException>(() => run.Backward(new float[1]));
        Array.Fill(gradient, 1);
        run.Backward(gradient);
        Assert.Throws<InvalidOperationException>(() => run.Backward(gradient));
        Assert.False(run.Parameters.Single(parameter => parameter.Name == "conv1.weight").HasGradient);
        TrainingParameter bias = run.Parameters.Single(parameter => parameter.Name == "linear.bias");
        Assert.Equal(Enumerable.Repeat(2f, bias.Gradient.Length), bias.Gradient.ToArray());

        run.Step(() => bias.Value.Span.Fill(3));
        run.ZeroGradients();

        Assert.False(bias.HasGradient);
        Assert.Equal(Enumerable.Repeat(3f, bias.Value.Length), run.ToModel().Parameters["linear.bias"].Value.Read<float>().ToArray());
        Assert.NotEqual(before, run.Forward(images, 0).ToArray());
        run.Load(s_small.Model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.Value)));
        Assert.Equal(before, run.Forward(images, 0).ToArray());
        Assert.Throws<EspalierException>(() => run.Load([new("linear.bias", Tensor.Zeros([3]))]));
        Assert.Throws<EspalierException>(() => run.Load([new("nothing", Tensor.Zeros([3]))]));
        Assert.Throws<GraphException>(() => run.SamplesComputed("nothing"));
        Assert.Equal(2, run.SamplesComputed("linear"));
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Gradients_add_up_over_parts_and_masks_hold(string runtime)
    {
        Runtimes.RequireTime(runtime, nameof(Gradients_add_up_over_parts_and_masks_hold));
        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(s_small.Model, new TrainingRunOptions { Batch = 2 });
        TrainingParameter weight = run.Parameters.Single(parameter => parameter.Name == "linear.weight");
        float[] gradient = [.. Enumerable.Range(0, (int)(2 * run.OutputShape.Count)).Select(i => i / 8f)];
        float[] Once()
        {
            run.Forward(CounterFill.Input([2, 3, 32, 32]), 0);
            run.Backward(gradient);
            return weight.Gradient.ToArray();
        }

        float[] first = Once(), second = Once();
        Assert.All(first.Zip(second), pair => Assert.Equal(2 * pair.First, pair.Second, 2e-4 * first.Max(Math.Abs)));

        Parameter masked = s_small.Model.Parameters["linear.weight"] with { Mask = Tensor.Zeros(weight.Shape) };
        run.Mask(s_small.Model.Parameters.With("linear.weight", masked));
        Assert.NotNull(weight.Mask);
        Assert.NotNull(run.ToModel().Parameters["linear.weight"].Mask);
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void What_cannot_be_trained_is_refused_before_anything_changes(string runtime)
    {
        IRuntime each = Runtimes.Get(runtime);
        Assert.Throws<EspalierException>(() => each.PrepareTraining(s_small.Model, new TrainingRunOptions { Frozen = ["nothing"] }));
        Assert.ThrowsAny<ArgumentException>(() => each.PrepareTraining(s_small.Model, new TrainingRunOptions { Batch = 0 }));

        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 4, 4).Conv2d("conv", 4, 4).BatchNorm("bn"));
        using ITrainingRun run = each.PrepareTraining(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new TrainingRunOptions { Batch = 2 });
        float[] mean = run.Buffers["bn.running_mean"].Read<float>().ToArray();
        Assert.Throws<EspalierException>(() => run.Forward(CounterFill.Input([1, 3, 4, 4]), 0));
        Assert.Equal(mean, run.Buffers["bn.running_mean"].Read<float>());
    }

    private static Model Build(string name)
    {
        NetworkDefinition definition = Models.Zoo.Create(name);
        return new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata);
    }
}
