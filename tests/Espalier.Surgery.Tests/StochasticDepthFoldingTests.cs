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

    private static Model Block(StochasticDepth op)
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 5);
        Value branch = x.Conv2d("conv1", 4, 3, padding: 1).BatchNorm("bn1").Relu("relu").Conv2d("conv2", 4, 3, padding: 1).BatchNorm("bn2");
        Graph graph = net.Build(x.StochasticDepth("join", branch, op).Relu("out"));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static double Difference(Model before, Model after) =>
        PassVerification.RelativeDifference(before, after, CounterFill.Input([2, 4, 6, 5]), ReferenceExecutor.Run);
}
