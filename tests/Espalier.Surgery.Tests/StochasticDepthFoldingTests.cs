using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

public class StochasticDepthFoldingTests
{
    [Theory]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Paper)]
    [InlineData(StochasticDepthForm.Residual, StochasticDepthScaling.Inverted)]
    [InlineData(StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted)]
    public void The_factor_goes_into_the_branchs_last_convolution(StochasticDepthForm form, StochasticDepthScaling scaling)
    {
        Model model = Block(new StochasticDepth(0.7) { Form = form, Scaling = scaling });

        Model folded = model.Apply(new LinearFolding(), new StochasticDepthFolding());

        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is StochasticDepth or BatchNorm);
        Assert.InRange(Difference(model, folded), 0, 2e-6);
    }

    [Fact]
    public void A_shortcut_without_weights_cannot_be_scaled_and_the_reason_names_it()
    {
        Model model = Block(new StochasticDepth(0.7) { Form = StochasticDepthForm.Bypass });

        Refusal refusal = Assert.Single(new StochasticDepthFolding().Plan(model).Refusals);

        Assert.Equal("join", refusal.Node);
        Assert.Contains("'input' is input", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(0, Difference(model, model.Apply(new StochasticDepthFolding())));
    }

    [Fact]
    public void A_branch_that_is_a_result_itself_keeps_the_op()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 5);
        Value branch = x.Conv2d("conv", 4, 3, padding: 1).Relu("relu");
        Graph graph = net.Build(branch, x.StochasticDepth("join", branch, new StochasticDepth(0.7) { Form = StochasticDepthForm.Bypass, Scaling = StochasticDepthScaling.Inverted }));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

        Model folded = InferenceFolding.Fold(model).After;

        Assert.Equal(["relu", "join"], folded.Graph.Outputs);
    }

    [Fact]
    public void Folding_for_inference_tells_of_factors_that_stay()
    {
        FoldingReport report = InferenceFolding.Fold(Block(new StochasticDepth(0.7) { Form = StochasticDepthForm.Bypass }));

        FoldingRefusal refusal = Assert.Single(report.Refusals, refusal => refusal.Rule == MergeRule.StochasticDepth);
        Assert.Equal("join", refusal.Node);
        Assert.Equal(2, report.Merges.Length);
    }

    [Fact]
    public void What_stochastic_depth_parted_merges_when_it_has_gone()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 5).Relu("in");
        Value branch = x.Relu("relu").Conv2d("a", 4, 3, padding: 1);
        Graph graph = net.Build(x.StochasticDepth("join", branch, new StochasticDepth(0.7) { Form = StochasticDepthForm.Bypass, Scaling = StochasticDepthScaling.Inverted }).Conv2d("b", 4, 1));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

        Model folded = InferenceFolding.Fold(model).After;

        Assert.Equal(["input", "in", "relu", "a"], folded.Graph.Nodes.Select(node => node.Name));
        Assert.InRange(Difference(model, folded), 0, 2e-6);
    }

    private static Model Block(StochasticDepth op)
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 5);
        Value branch = x.Conv2d("conv1", 4, 3, padding: 1).BatchNorm("bn1").Relu("relu").Conv2d("conv2", 4, 3, padding: 1).BatchNorm("bn2");
        Graph graph = net.Build(x.StochasticDepth("join", branch, op).Relu("out"));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static double Difference(Model before, Model after) =>
        PassVerification.RelativeDifference(before, after, CounterFill.Input([2, 4, 6, 5]), ReferenceRuntime.Instance);
}
