using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

public class NormFoldingTests
{
    private static readonly LinearFolding Fold = new();

    [Fact]
    public void A_norm_behind_a_convolution_goes_into_its_weights()
    {
        Model model = Net(x => x.Conv2d("conv", 5, 3, padding: 1).BatchNorm("bn").Relu("relu"));

        Model folded = model.Apply(Fold);

        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.True(((Conv2d)folded.Graph["conv"].Op).Bias);
        Assert.Equal(["conv.bias", "conv.weight"], folded.Parameters.Keys.Order());
        AssertKeepsItsPromise(model, folded);
    }

    [Fact]
    public void Strides_groups_dilation_and_an_own_bias_fold_too()
    {
        Model model = Net(x => x
            .Conv2d("a", 8, (3, 1), stride: (2, 1), padding: (1, 0), bias: true).BatchNorm("bn_a")
            .Conv2d("b", 12, 3, padding: 2, dilation: 2, groups: 4).BatchNorm("bn_b", epsilon: 1e-3)
            .GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 7).BatchNorm("bn_fc"));

        Model folded = model.Apply(Fold);

        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm);
        AssertKeepsItsPromise(model, folded);
    }

    [Fact]
    public void A_norm_behind_what_others_read_is_left_alone_and_the_reason_says_why()
    {
        Model model = Net(x =>
        {
            Value conv = x.Relu("relu").Conv2d("conv", 4, 1);
            return conv.BatchNorm("shared").Relu("out").Add("sum", conv);
        });

        PassPlan plan = Fold.Plan(model);

        Assert.Empty(plan.Patches);
        Assert.Contains(plan.Refusals, refusal => refusal.Node == "shared" && refusal.Reason.Contains("would not reduce the number of nodes, because 1 of them are also read by other nodes", StringComparison.Ordinal));
        Assert.Same(model, model.Apply(Fold));
    }

    [Fact]
    public void A_norm_whose_variance_is_near_zero_is_reported_as_ill_conditioned()
    {
        Model model = Net(x => x.Conv2d("conv", 2, 1).BatchNorm("bn"));
        model = model.With(model.Parameters.With("bn.running_var", new Parameter(Tensor.From<float>([2], [1f, 1e-9f]))));

        Patch patch = Assert.Single(Fold.Plan(model).Patches);

        Assert.Contains("ill-conditioned: bn", patch.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_pass_keeps_its_promise_on_random_networks(ulong seed)
    {
        Model model = RandomGraphs.CreateModel(seed);
        foreach (Pass pass in new Pass[] { new DropoutRemoval(), new LinearFolding(), new StochasticDepthFolding() })
        {
            Model after = model.Apply(pass);
            double difference = PassVerification.RelativeDifference(model, after, Sample(model), ReferenceRuntime.Instance);
            Assert.True(difference <= (pass.Promise == Promise.Exact ? 0 : 6e-5), $"seed {seed}: '{pass.Name}' is off by {difference:E2}");
            model = after;
        }
    }

    [Fact]
    public void A_pass_that_breaks_its_promise_is_found_out()
    {
        Model model = Net(x => x.Conv2d("conv", 2, 1).Relu("relu"));
        Model other = model.With(model.Parameters.With("conv.weight", new Parameter(Tensor.Zeros([2, 4, 1, 1]))));

        EspalierException error = Assert.Throws<EspalierException>(() => PassVerification.Require(Fold, model, other, Sample(model), ReferenceRuntime.Instance));

        Assert.Contains("'fold linear parts' promises Rounding", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<ulong> Seeds() => [.. Enumerable.Range(1, 60).Select(seed => (ulong)seed)];

    private static Model Net(Func<Value, Value> body)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(body(net.Input(4, 9, 7)));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private static Tensor Sample(Model model) => CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(2));

    private static void AssertKeepsItsPromise(Model before, Model after) =>
        PassVerification.Require(Fold, before, after, Sample(before), ReferenceRuntime.Instance, tolerance: 2e-6);
}
