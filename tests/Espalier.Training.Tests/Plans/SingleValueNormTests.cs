using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Norms that get one value per channel. PyTorch 1.13: "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 512, 1, 1])".</summary>
public class SingleValueNormTests
{
    private const string Sentence = "expected more than 1 value per channel when training, got input size ";
    private const string Remedies = "; a larger batch, fewer parts of it (accumulation), larger images or frozen statistics give it more";

    [Theory]
    [InlineData("map", "1x4x1x1")] // torch.nn.BatchNorm2d(4)(torch.randn(1, 4, 1, 1))
    [InlineData("vector", "1x4")] // torch.nn.BatchNorm1d(4)(torch.randn(1, 4))
    public void Batch_norm_of_one_value_is_refused_with_the_remedies_and_nothing_changes(string form, string size)
    {
        Model model = Network(x => form == "map" ? x.GlobalAveragePool("pool").BatchNorm("bn") : x.GlobalAveragePool("pool").Flatten("flat").BatchNorm("bn"));
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 2 }, pool);

        string message = Refused(() => plan.Forward(Images(1), 0));

        Assert.Equal($"bn: {Sentence}{size}{Remedies}", message);
        Assert.Equal(message, Refused(() => Reference(model, 1)));
        Assert.True(model.Parameters["bn.running_var"].Value.BitEquals(plan.Buffers["bn.running_var"]));
        Assert.True(model.Parameters["first.running_var"].Value.BitEquals(plan.Buffers["first.running_var"])); // a norm before it, with pixels enough
        Assert.Throws<InvalidOperationException>(() => plan.Backward(new float[4]));
    }

    [Fact]
    public void Two_samples_two_pixels_and_running_statistics_are_enough()
    {
        // torch.nn.BatchNorm2d(4) takes (2, 4, 1, 1) and (1, 4, 2, 1), and in eval mode (1, 4, 1, 1).
        PlanCheck.Of(Network(x => x.GlobalAveragePool("pool").BatchNorm("bn")), 2, new TrainingPlanOptions()).AssertClose(1e-3, "two samples");
        PlanCheck.Of(Network(x => x.AveragePool("pool", 2).BatchNorm("bn")), 1, new TrainingPlanOptions()).AssertClose(1e-3, "four pixels");
        PlanCheck.Of(Network(x => x.GlobalAveragePool("pool").BatchNorm("bn")), 1, new TrainingPlanOptions { Frozen = ["bn"] }).AssertClose(1e-3, "a frozen norm");
    }

    [Theory]
    [InlineData(1, 4, true)] // torch.nn.GroupNorm(4, 4)(torch.randn(1, 4, 1, 1)): the same ValueError, "got input size [1, 4, 1, 1]"
    [InlineData(1, 2, false)] // torch.nn.GroupNorm(2, 4)(torch.randn(1, 4, 1, 1)) is computed
    [InlineData(2, 4, false)] // and so is torch.nn.GroupNorm(4, 4)(torch.randn(2, 4, 1, 1)), whose every group has one value: PyTorch counts the batch
    public void Group_norm_of_one_value_is_refused_where_PyTorch_refuses(int batch, int groups, bool refused)
    {
        Model model = Network(x => x.GlobalAveragePool("pool").GroupNorm("gn", groups));
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 2, Frozen = ["gn"] }, pool); // freezing keeps no statistics here
        if (refused)
        {
            string message = Refused(() => plan.Forward(Images(batch), 0));
            Assert.Equal($"gn: {Sentence}1x4x1x1; a larger batch, fewer parts of it (accumulation), larger images or fewer groups give it more", message);
            Assert.Equal(message, Refused(() => Reference(model, batch)));
        }
        else
        {
            float[] result = plan.Forward(Images(batch), 0).ToArray();
            Assert.Equal(Reference(model, batch).Results["gn"], result.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Theory]
    [InlineData(StochasticDepthForm.Residual)]
    [InlineData(StochasticDepthForm.Bypass)]
    public void A_branch_that_one_row_of_a_batch_survives_in_is_refused(StochasticDepthForm form)
    {
        const int Batch = 4;
        Model model = Branched(new StochasticDepth(0.5) { Form = form, Mode = StochasticDepthMode.Row });
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = Batch }, pool);
        var seen = new HashSet<int>();
        for (long step = 0; step < 40; step++)
        {
            int survivors = Enumerable.Range(0, Batch).Count(sample => new TrainingDraws(0, step).Survives(model.Graph["drop"], sample));
            seen.Add(survivors);
            if (survivors == 1)
            {
                string message = Refused(() => plan.Forward(Images(Batch), step));
                Assert.StartsWith($"bn: {Sentence}1x4x1x1, for stochastic depth drops its branch for all others of the 4 samples; ", message, StringComparison.Ordinal);
                Assert.Contains(", one draw for the whole batch (not row by row) or frozen statistics", message, StringComparison.Ordinal);
                Assert.Equal(message, Refused(() => Reference(model, Batch, step)));
            }
            else
            {
                float[] result = plan.Forward(Images(Batch), step).ToArray();
                Assert.Equal(Reference(model, Batch, step).Results["drop"], result.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 2e-3);
            }
        }

        Assert.Superset(new HashSet<int> { 0, 1, 2 }, seen);
    }

    [Fact]
    public void A_branch_that_is_dropped_for_the_whole_batch_needs_no_values()
    {
        Model model = Branched(new StochasticDepth(0.5));
        using var pool = new WorkerPool(1);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = 1 }, pool);
        bool[] survives = [.. Enumerable.Range(0, 20).Select(step => new TrainingDraws(0, step).Survives(model.Graph["drop"], 0))];
        plan.Forward(Images(1), Array.IndexOf(survives, false));
        Assert.Equal(0, plan.SamplesComputed("bn"));
        Assert.Equal($"bn: {Sentence}1x4x1x1{Remedies}", Refused(() => plan.Forward(Images(1), Array.IndexOf(survives, true))));
    }

    private static string Refused(Action act) => Assert.Throws<EspalierException>(act).Message;

    private static ReferenceTraining<double> Reference(Model model, int batch, long step = 0) => new(
        model.Graph, ReferenceExecutor.ValuesOf<double>(model.Parameters),
        new Dictionary<string, double[]> { [model.Graph.Input.Name] = Images(batch).To(ElementType.Float64).Read<double>().ToArray() }, batch, new TrainingDraws(0, step));

    private static Tensor Images(int batch) => CounterFill.Input([batch, 3, 4, 4]);

    private static Model Network(Func<Value, Value> end)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(end(net.Input(3, 4, 4).Conv2d("conv", 4, 3, padding: 1).BatchNorm("first")));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Model Branched(StochasticDepth op) => Network(x =>
    {
        Value pooled = x.GlobalAveragePool("pool");
        return pooled.StochasticDepth("drop", pooled.Conv2d("branch", 4, 1).BatchNorm("bn"), op);
    });
}
