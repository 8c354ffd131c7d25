using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

public class StochasticDepthTests
{
    private const int Batch = 6;

    public static TheoryData<StochasticDepthForm, StochasticDepthScaling> FormsAndScalings() =>
        [.. from form in Enum.GetValues<StochasticDepthForm>() from scaling in Enum.GetValues<StochasticDepthScaling>() select (form, scaling)];

    [Theory]
    [MemberData(nameof(FormsAndScalings))]
    public void A_dropped_branch_is_not_computed(StochasticDepthForm form, StochasticDepthScaling scaling)
    {
        var op = new StochasticDepth(0.5) { Form = form, Scaling = scaling };
        Model model = WithNaN(Network(op), "branch");
        using var pool = new WorkerPool(2);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = Batch, Seed = 4 }, pool);
        long dropped = StepWhere(model, 4, survives => Array.TrueForAll(survives, alive => !alive));

        float[] result = plan.Forward(Images(), dropped).ToArray();
        plan.Backward(Gradient());

        Assert.All(result, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(0, plan.SamplesComputed("branch.conv"));
        Assert.Equal(Batch, plan.SamplesComputed("stem"));
        foreach (TrainingParameter parameter in plan.Parameters)
        {
            Assert.Equal(!parameter.Name.StartsWith("branch", StringComparison.Ordinal), parameter.HasGradient);
            Assert.True(!parameter.HasGradient || parameter.Gradient.ToArray().All(float.IsFinite), parameter.Name);
        }

        Assert.True(model.Parameters["branch.bn.running_mean"].Value.BitEquals(plan.Buffers["branch.bn.running_mean"]));
        Assert.Equal(0, plan.Buffers["branch.bn.num_batches_tracked"].Read<long>()[0]);
        Assert.Equal(1, plan.Buffers["stem_bn.num_batches_tracked"].Read<long>()[0]);
    }

    [Theory]
    [MemberData(nameof(FormsAndScalings))]
    public void A_surviving_branch_is_computed_and_agrees_with_the_reference(StochasticDepthForm form, StochasticDepthScaling scaling)
    {
        foreach (StochasticDepthMode mode in Enum.GetValues<StochasticDepthMode>())
        {
            for (ulong seed = 1; seed <= 8; seed++)
            {
                Model model = Network(new StochasticDepth(0.6) { Form = form, Scaling = scaling, Mode = mode });
                PlanCheck.Of(model, Batch, new TrainingPlanOptions { Seed = seed }).AssertClose(2e-4, $"{form}, {scaling}, {mode}, seed {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(FormsAndScalings))]
    public void Row_mode_is_the_batch_of_survivors_computed_apart(StochasticDepthForm form, StochasticDepthScaling scaling)
    {
        var op = new StochasticDepth(0.5) { Form = form, Scaling = scaling, Mode = StochasticDepthMode.Row };
        Model model = Network(op);
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = Batch, Seed = 2 }, pool);
        long step = StepWhere(model, 2, survives => survives.Count(alive => alive) == 3);
        float[] result = plan.Forward(Images(), step).ToArray();

        // The stem on all samples, the branch on the survivors alone, joined by hand.
        int[] survivors = [.. Enumerable.Range(0, Batch).Where(sample => new TrainingDraws(2, step).Survives(model.Graph["drop"], sample))];
        float[] stem = Part(model, "relu").Forward(Images(), 0).ToArray();
        int length = stem.Length / Batch;
        var chosen = Tensor.From<float>([3, 8, 6, 6], survivors.SelectMany(sample => stem.AsSpan(sample * length, length).ToArray()).ToArray());
        TrainingPlan branch = Branch(model);
        float[] apart = branch.Forward(chosen, 0).ToArray();
        for (int sample = 0; sample < Batch; sample++)
        {
            int row = Array.IndexOf(survivors, sample);
            (double p, double q) = op.TrainingFactors(row >= 0);
            for (int i = 0; i < length; i++)
            {
                double expected = (p * stem[(sample * length) + i]) + (row < 0 ? 0 : q * apart[(row * length) + i]);
                Assert.Equal(expected, result[(sample * length) + i], 1e-5);
            }
        }

        Assert.Equal(3, plan.SamplesComputed("branch.conv"));
        Assert.Equal(branch.Buffers["branch.bn.running_var"].Read<float>().ToArray(), plan.Buffers["branch.bn.running_var"].Read<float>().ToArray());
    }

    [Fact]
    public void Numbers_that_are_none_in_one_row_stay_in_it()
    {
        // Group norm looks at each sample alone, so that a sample that survives with NaN taints no other.
        var net = new GraphBuilder();
        Value x = net.Input(8, 6, 6);
        Graph graph = net.Build(x.StochasticDepth("drop", x.Conv2d("conv", 8, 3, padding: 1).GroupNorm("norm", 2), new StochasticDepth(0.5) { Mode = StochasticDepthMode.Row }));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(WithNaN(model, "conv"), new TrainingPlanOptions { Batch = Batch }, pool);
        long step = StepWhere(model, 0, survives => survives.Count(alive => alive) is > 0 and < Batch);

        float[] result = plan.Forward(CounterFill.Input([Batch, 8, 6, 6]), step).ToArray();

        for (int sample = 0; sample < Batch; sample++)
        {
            bool survives = new TrainingDraws(0, step).Survives(graph["drop"], sample);
            Assert.Equal(!survives, result.AsSpan(sample * 288, 288).ToArray().All(float.IsFinite));
        }
    }

    [Fact]
    public void A_module_that_survives_spares_the_shortcut_that_it_replaces()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Conv2d("stem", 8, 1);
        Value shortcut = x.Conv2d("projection", 8, 1).BatchNorm("projection_bn");
        Graph graph = net.Build(shortcut.StochasticDepth("drop", x.Conv2d("branch", 8, 3, padding: 1), new StochasticDepth(0.5) { Form = StochasticDepthForm.Bypass }));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = Batch }, pool);

        plan.Forward(CounterFill.Input([Batch, 3, 6, 6]), StepWhere(model, 0, survives => survives[0]));
        Assert.Equal((0, Batch), (plan.SamplesComputed("projection"), plan.SamplesComputed("branch")));
        plan.Forward(CounterFill.Input([Batch, 3, 6, 6]), StepWhere(model, 0, survives => !survives[0]));
        Assert.Equal((Batch, 0), (plan.SamplesComputed("projection"), plan.SamplesComputed("branch")));
    }

    [Fact]
    public void Nested_drops_agree_with_the_reference()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            PlanCheck.Of(Nested(seed), Batch, new TrainingPlanOptions { Seed = seed, Recompute = seed % 3 == 0 }).AssertClose(5e-4, $"seed {seed}");
        }
    }

    [Fact]
    public void Draws_are_a_function_of_seed_step_and_node_and_as_frequent_as_they_should_be()
    {
        Node first = Network(new StochasticDepth(0.7)).Graph["drop"];
        Node second = first with { Name = "other" };
        bool[] Draws(ulong seed, Node node) => [.. Enumerable.Range(0, 20_000).Select(step => new TrainingDraws(seed, step).Survives(node, 0))];

        Assert.Equal(Draws(1, first), Draws(1, first));
        Assert.NotEqual(Draws(1, first), Draws(2, first));
        Assert.NotEqual(Draws(1, first), Draws(1, second));
        Assert.InRange(Draws(1, first).Count(survives => survives) / 20_000.0, 0.69, 0.71); // 3 standard deviations are 0.0097
        int both = Draws(1, first).Zip(Draws(1, second)).Count(pair => pair.First && pair.Second);
        Assert.InRange(both / 20_000.0, 0.48, 0.50);
    }

    [Fact]
    public void The_mean_over_draws_is_the_inference_value()
    {
        foreach (StochasticDepthForm form in Enum.GetValues<StochasticDepthForm>())
        {
            foreach (StochasticDepthScaling scaling in Enum.GetValues<StochasticDepthScaling>())
            {
                var op = new StochasticDepth(0.3) { Form = form, Scaling = scaling };
                (double shortcut, double branch) alive = op.TrainingFactors(true), dropped = op.TrainingFactors(false);
                Assert.Equal(op.InferenceFactors.Shortcut, (0.3 * alive.shortcut) + (0.7 * dropped.shortcut), 1e-12);
                Assert.Equal(op.InferenceFactors.Branch, (0.3 * alive.branch) + (0.7 * dropped.branch), 1e-12);
            }
        }
    }

    private static Model Network(StochasticDepth op)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Conv2d("stem", 8, 3, padding: 1).BatchNorm("stem_bn").Relu("relu");
        Value branch = x.Conv2d("branch.conv", 8, 3, padding: 1).BatchNorm("branch.bn");
        Graph graph = net.Build(x.StochasticDepth("drop", branch, op));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Model Nested(ulong seed)
    {
        var dice = new Dice(seed);
        StochasticDepth Drop() => new(dice.Pick(0.4, 0.7))
        {
            Form = dice.Pick(StochasticDepthForm.Residual, StochasticDepthForm.Bypass),
            Mode = dice.Pick(StochasticDepthMode.Batch, StochasticDepthMode.Row),
            Scaling = dice.Pick(StochasticDepthScaling.Paper, StochasticDepthScaling.Inverted),
        };
        Value Block(Value x, string name) => x.StochasticDepth($"{name}.drop", x.Conv2d($"{name}.conv", x.Channels, 3, padding: 1).GroupNorm($"{name}.norm", 2).Silu($"{name}.act"), Drop());
        var net = new GraphBuilder();
        Value stem = net.Input(3, 6, 6).Conv2d("stem", 8, 3, padding: 1).BatchNorm("stem_bn").Relu("relu");
        Value stage = Block(Block(stem, "a"), "b").StochasticDepth("stage", stem.Conv2d("projection", 8, 1, bias: true), Drop());
        Graph graph = net.Build(Block(stage, "c").Dropout("dropout", 0.3).GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static TrainingPlan Part(Model model, string output)
    {
        var graph = new Graph(model.Graph.Nodes.Where(node => !node.Name.StartsWith("branch", StringComparison.Ordinal) && node.Name != "drop"), [output]);
        return TrainingPlan.Build(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new TrainingPlanOptions { Batch = Batch }, new WorkerPool(1));
    }

    private static TrainingPlan Branch(Model model)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(8, 6, 6).Conv2d("branch.conv", 8, 3, padding: 1).BatchNorm("branch.bn"));
        return TrainingPlan.Build(new Model(graph, model.Parameters.Where(name => name.StartsWith("branch", StringComparison.Ordinal)), ModelMetadata.None), new TrainingPlanOptions { Batch = Batch }, new WorkerPool(1));
    }

    private static Model WithNaN(Model model, string scope) => model.With(model.Parameters.With(model.Parameters
        .Where(pair => pair.Key.StartsWith(scope, StringComparison.Ordinal) && pair.Key.EndsWith("conv.weight", StringComparison.Ordinal))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Value = Filled(pair.Value.Value.Shape, float.NaN) }))));

    private static Tensor Filled(Shape shape, float value)
    {
        Tensor tensor = Tensor.Zeros(shape);
        tensor.Write<float>().Fill(value);
        return tensor;
    }

    private static long StepWhere(Model model, ulong seed, Func<bool[], bool> condition) => Enumerable.Range(0, 10_000).First(step =>
        condition([.. Enumerable.Range(0, Batch).Select(sample => new TrainingDraws(seed, step).Survives(model.Graph["drop"], sample))]));

    private static Tensor Images() => CounterFill.Input([Batch, 3, 6, 6]);

    private static float[] Gradient() => CounterFill.Stream("gradient", [Batch, 8, 6, 6], -1, 2).Read<float>().ToArray();
}
