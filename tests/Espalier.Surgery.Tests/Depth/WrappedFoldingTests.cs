using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Depth;

public sealed class WrappedFoldingTests
{
    private const double Rounding = 1e-5;

    public static TheoryData<StochasticDepthForm, StochasticDepthScaling, BypassProjection> Wraps() =>
    [
        (StochasticDepthForm.Residual, StochasticDepthScaling.Paper, BypassProjection.None),
        (StochasticDepthForm.Residual, StochasticDepthScaling.Inverted, BypassProjection.None),
        .. from scaling in Enum.GetValues<StochasticDepthScaling>()
           from projection in Enum.GetValues<BypassProjection>()
           where projection != BypassProjection.None
           select (StochasticDepthForm.Bypass, scaling, projection),
    ];

    [Theory]
    [MemberData(nameof(Wraps))]
    public void Wrapped_networks_fold_to_what_they_infer(StochasticDepthForm form, StochasticDepthScaling scaling, BypassProjection projection)
    {
        var options = new StochasticDepthWrapOptions
        {
            Form = form,
            Scaling = scaling,
            Projection = projection,
            Initialize = definition => definition.Initialize(2),
            Scopes = form == StochasticDepthForm.Bypass ? ["layer2.0", "layer3.0"] : [],
        };
        Graph graph = Zoo.Create("cifar_resnet14_b").Graph;
        Model wrapped = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None).Apply(new StochasticDepthWrap(options));

        FoldingReport report = InferenceFolding.Fold(wrapped);

        Assert.DoesNotContain(report.After.Graph.Nodes, node => node.Op is BatchNorm or StochasticDepth);
        Assert.InRange(PassVerification.RelativeDifference(wrapped, report.After, CounterFill.Input([2, 3, 32, 32]), ReferenceRuntime.Instance), 0, Rounding);
    }

    [Fact]
    public void A_wrapped_linear_block_still_becomes_one_convolution()
    {
        var net = new GraphBuilder();
        Value x = net.Input(8, 9, 9).Conv2d("stem", 8, 3, padding: 1).Relu("in").DiverseBranchBlock("block", new(12) { Stride = 2 }).Relu("out");
        Graph graph = net.Build(x);
        var options = new StochasticDepthWrapOptions
        {
            Form = StochasticDepthForm.Bypass,
            Scopes = ["block"],
            Survival = SurvivalRule.Constant(0.7),
            Projection = BypassProjection.Fresh3x3,
            Initialize = definition => definition.Initialize(2),
        };
        Model wrapped = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None).Apply(new StochasticDepthWrap(options));

        Model folded = InferenceFolding.Fold(wrapped).After;

        Assert.Equal([typeof(Input), typeof(Conv2d), typeof(Relu), typeof(Conv2d), typeof(Relu)], folded.Graph.Nodes.Select(node => node.Op.GetType()));
        Assert.InRange(PassVerification.RelativeDifference(wrapped, folded, CounterFill.Input([2, 8, 9, 9]), ReferenceRuntime.Instance), 0, Rounding);
    }

    [Fact]
    public void A_layer_within_two_modules_takes_up_the_factors_of_both()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 8, 8).Relu("in").In("outer", x => x.Conv2d("a", 4, 3, 2, 1).Relu("relu").In("inner", x => x.Conv2d("b", 6, 1, 2).Relu("relu")));
        Graph graph = net.Build(x);
        Model model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None).Apply(new StochasticDepthWrap(new()
        {
            Form = StochasticDepthForm.Bypass,
            Scopes = ["outer", "outer.inner"],
            Survival = SurvivalRule.Constant(0.6),
            Projection = BypassProjection.Fresh1x1,
            Initialize = definition => definition.Initialize(2),
        }));

        Model folded = model.Apply(new StochasticDepthFolding());

        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is StochasticDepth);
        Assert.InRange(PassVerification.RelativeDifference(model, folded, CounterFill.Input([2, 4, 8, 8]), ReferenceRuntime.Instance), 0, 2e-6);
    }
}
