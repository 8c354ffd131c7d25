using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Plain convolutions become blocks that compute the same, and fold back into themselves.</summary>
public class ConvolutionExpansionTests
{
    private const double Tolerance = 2e-6;

    private static readonly Dictionary<string, Func<Value, string, MultiBranchOptions, Value>> s_blocks = new()
    {
        ["acb"] = MultiBranchBlocks.AsymmetricBlock,
        ["dbb"] = MultiBranchBlocks.DiverseBranchBlock,
        ["repvgg"] = MultiBranchBlocks.RepVggBlock,
        ["mobileone"] = (x, name, options) => x.MobileOneBlock(name, options),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_convolution_becomes_a_block_and_folds_back(string block, double gamma, bool norm, int channels, int kernel, int stride, int dilation, int groups)
    {
        Model model = FoldingNet.Build(8, 12, 13, x =>
        {
            Value conv = x.Relu("in").Conv2d("conv", channels, kernel, stride, dilation * (kernel - 1) / 2, dilation, groups, bias: !norm);
            return (norm ? conv.BatchNorm("bn", epsilon: 1e-3) : conv).Relu("out");
        });

        Model expanded = model.Apply(Expansion(block, gamma));

        Assert.True(expanded.Graph.InScope("conv").Count(node => node.Op is Conv2d or BatchNorm) > 3, expanded.Graph.ToString());
        Assert.False(expanded.Graph.TryFind("bn", out _));
        Assert.InRange(FoldingNet.Change(model, expanded), 0, Tolerance);
        Model back = expanded.Apply(FoldingNet.Fold);
        Assert.Equal(model.Apply(FoldingNet.Fold).Graph, back.Graph);
        Assert.InRange(FoldingNet.Change(model, back), 0, Tolerance);
    }

    public static TheoryData<string, double, bool, int, int, int, int, int> Cases()
    {
        var cases = new TheoryData<string, double, bool, int, int, int, int, int>();
        foreach (string block in s_blocks.Keys)
        {
            foreach (double gamma in new[] { 0, 0.5 })
            {
                cases.Add(block, gamma, true, 8, 3, 1, 1, 1);
                cases.Add(block, gamma, false, 16, 3, 2, 1, 1);
                cases.Add(block, gamma, true, 8, 5, 1, 1, 2);
                cases.Add(block, gamma, false, 8, 3, 1, 2, 8);
                cases.Add(block, gamma, true, 12, 7, 2, 2, 4);
            }
        }

        return cases;
    }

    [Theory]
    [InlineData("acb")]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    [InlineData("mobileone")]
    public void Convolutions_of_other_padding_expand_too(string block)
    {
        Model wide = FoldingNet.Build(4, 9, 9, x => x.Conv2d("conv", 4, 3, padding: 2).BatchNorm("bn").Relu("out"));
        Model even = FoldingNet.Build(4, 9, 9, x => x.Conv2d("conv", 4, 4, padding: new Padding(1, 1, 2, 2)).BatchNorm("bn").Relu("out"));
        foreach (Model model in new[] { wide, even })
        {
            Model expanded = model.Apply(Expansion(block, 0.5));

            Assert.True(expanded.Graph.InScope("conv").Count(node => node.Op is Conv2d) > 1, expanded.Graph.ToString());
            Assert.InRange(FoldingNet.Change(model, expanded), 0, Tolerance);
            Assert.Equal(model.Apply(FoldingNet.Fold).Graph, expanded.Apply(FoldingNet.Fold).Graph);
        }
    }

    [Fact]
    public void Silent_branches_leave_the_trained_numbers_as_they_are()
    {
        Model model = FoldingNet.Build(8, 9, 9, x => x.Conv2d("conv", 8, 3, padding: 1).BatchNorm("bn").Relu("out"));

        Model expanded = model.Apply(Expansion("acb", 0));

        foreach ((string before, string after) in new[] { ("conv.weight", "conv.square_conv.weight"), ("bn.weight", "conv.square_bn.weight"), ("bn.running_mean", "conv.square_bn.running_mean"), ("bn.running_var", "conv.square_bn.running_var") })
        {
            Assert.True(model.Parameters[before].Value.BitEquals(expanded.Parameters[after].Value), after);
        }

        Assert.InRange(Difference.Relative(model.Parameters["bn.bias"].Value, expanded.Parameters["conv.square_bn.bias"].Value), 0, 1e-7);
        Assert.All(expanded.Parameters.Keys.Where(name => name.Contains("running", StringComparison.Ordinal)), name => Assert.False(expanded.Parameters[name].Trainable, name));
    }

    [Fact]
    public void Channels_whose_norm_has_a_weight_of_zero_can_still_be_expanded()
    {
        Model model = FoldingNet.Build(4, 9, 9, x => x.Conv2d("conv", 4, 3, padding: 1).BatchNorm("bn").Relu("out"));
        model = model.With(model.Parameters.With("bn.weight", new Parameter(Tensor.From<float>([4], [0, 1, 0, -2]))));

        Assert.InRange(FoldingNet.Change(model, model.Apply(Expansion("repvgg", 1))), 0, Tolerance);
    }

    [Fact]
    public void Only_what_is_selected_is_expanded_and_the_rest_says_why_not()
    {
        Model model = FoldingNet.Build(8, 9, 9, x => x.Conv2d("a", 8, 1).Relu("relu1").Conv2d("b", 8, 3).Relu("relu2").Conv2d("c", 8, 3, padding: 1).Relu("relu3"));

        PassPlan plan = Expansion("dbb", 0, _ => true).Plan(model);

        Assert.Single(plan.Patches);
        Assert.Equal(["a", "b"], plan.Refusals.Select(refusal => refusal.Node));
        Assert.Contains("no branch with the convolution's attributes", plan.Refusals[0].Reason, StringComparison.Ordinal);
        Assert.Contains("with padding 0 they would start inside the input, which would need a crop op", plan.Refusals[1].Reason, StringComparison.Ordinal);
        Assert.Same(model, model.Apply(Expansion("dbb", 0, node => node.Name == "nowhere")));
    }

    [Fact]
    public void Blocks_that_cannot_stand_for_the_convolution_are_refused()
    {
        Model model = FoldingNet.Build(4, 9, 9, x => x.Conv2d("conv", 4, 3, padding: 1).Relu("out"));
        string Reason(Func<Value, Value> block) => Assert.Single(new ConvolutionExpansion((_, _, shape) =>
        {
            var net = new GraphBuilder();
            Graph graph = net.Build(net.Input(shape).In("conv", block));
            return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        }).Plan(model).Refusals).Reason;

        Assert.Contains("not linear", Reason(x => x.Conv2d("main", 4, 3, padding: 1).Add("sum", x.Relu("relu"))), StringComparison.Ordinal);
        Assert.Contains("have a larger kernel or fewer groups than the convolution", Reason(x => x.Conv2d("main", 4, 3, padding: 1).Add("sum", x.Conv2d("large", 4, 5, padding: 2))), StringComparison.Ordinal);
        Assert.Contains("cannot be merged into one convolution", Reason(x => x.Conv2d("main", 4, 3, padding: 1).Add("sum", x.Conv2d("first", 4, 3, padding: 1).Conv2d("second", 4, 3, padding: 1))), StringComparison.Ordinal);
        Assert.Contains("maps 4x9x9 to 5x9x9", Reason(x => x.Conv2d("main", 5, 3, padding: 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_network_expands_and_folds_back()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(3).WithInput([3, 16, 16]);

        Model expanded = model.Apply(Expansion("dbb", 0.25));
        Model back = expanded.Apply(FoldingNet.Fold);

        Assert.Equal(19, expanded.Graph.Nodes.Count(node => node.Name.EndsWith(".dbb_origin.conv", StringComparison.Ordinal)));
        Assert.InRange(FoldingNet.Change(model, expanded), 0, 1e-5);
        Assert.Equal(model.Apply(FoldingNet.Fold).Graph, back.Graph);
        Assert.InRange(FoldingNet.Change(model, back), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Standardized))]
    public void Standardized_weights_in_network_or_block_change_no_function(double? original, double? main, double? other, bool norm, bool mainNorm)
    {
        Model model = FoldingNet.Build(4, 9, 9, x =>
        {
            Value conv = x.Conv2d("conv", 4, 3, padding: 1, standardizationEpsilon: original);
            return (norm ? conv.BatchNorm("bn") : conv).Relu("out");
        });
        model = model.With(model.Parameters.With("conv.weight", Masked(model.Parameters["conv.weight"])));
        BlockTemplate template = (_, _, shape) =>
        {
            var net = new GraphBuilder();
            Graph graph = net.Build(net.Input(shape).In("conv", x =>
            {
                Value conv = x.Conv2d("main", 4, 3, padding: 1, standardizationEpsilon: main);
                return (mainNorm ? conv.BatchNorm("norm") : conv).Add("sum", x.Conv2d("other", 4, 1, standardizationEpsilon: other));
            }));
            return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        };

        PassPlan plan = new ConvolutionExpansion(template).Plan(model);
        Model expanded = model.Apply([.. plan.Patches]);

        Assert.Empty(plan.Refusals);
        Assert.InRange(FoldingNet.Change(model, expanded), 0, Tolerance);
        Assert.Equal(original is not null || other is not null, plan.Patches[0].Reason.Contains("its pruning mask is dropped", StringComparison.Ordinal));
        Assert.Equal(original is not null, plan.Patches[0].Reason.Contains("the standardized weights become its own", StringComparison.Ordinal));
        Assert.Null(((Conv2d)expanded.Graph["conv.main"].Op).StandardizationEpsilon);
        Assert.Equal(other, ((Conv2d)expanded.Graph["conv.other"].Op).StandardizationEpsilon);
    }

    public static TheoryData<double?, double?, double?, bool, bool> Standardized()
    {
        var cases = new TheoryData<double?, double?, double?, bool, bool>();
        for (int i = 0; i < 32; i++)
        {
            double? Epsilon(int bit) => (i & bit) == 0 ? null : 1e-6;
            cases.Add(Epsilon(1), Epsilon(2), Epsilon(4), (i & 8) != 0, (i & 16) != 0);
        }

        return cases;
    }

    private static Parameter Masked(Parameter parameter)
    {
        Tensor mask = Tensor.Zeros(parameter.Value.Shape);
        for (int i = 0; i < mask.Shape.Count; i++)
        {
            mask.Write<float>()[i] = i % 3 == 0 ? 0 : 1;
        }

        return parameter with { Mask = mask };
    }

    [Fact]
    public void Calibrated_norms_have_the_statistics_of_the_data_and_compute_the_same()
    {
        Model model = FoldingNet.Build(8, 9, 9, x => x.Conv2d("conv", 8, 3, padding: 1).Relu("out"));
        Model expanded = model.Apply(Expansion("repvgg", 0.5));
        Tensor input = CounterFill.Input([4, 8, 9, 9]);

        Model calibrated = NormCalibration.Apply(expanded, input, ReferenceRuntime.Instance);

        Assert.InRange(PassVerification.RelativeDifference(model, calibrated, input, ReferenceRuntime.Instance), 0, Tolerance);
        float[] mean = calibrated.Parameters["conv.rbr_identity.running_mean"].Value.Read<float>().ToArray();
        float[] variance = calibrated.Parameters["conv.rbr_identity.running_var"].Value.Read<float>().ToArray();
        double[] channel = [.. Enumerable.Range(0, 4).SelectMany(i => input.Read<float>().Slice(((i * 8) + 5) * 81, 81).ToArray()).Select(x => (double)x)];
        Assert.Equal(channel.Average(), mean[5], 1e-6);
        Assert.Equal(channel.Sum(x => (x - channel.Average()) * (x - channel.Average())) / (channel.Length - 1), variance[5], 1e-6);
    }

    [Theory]
    [InlineData("cifar_resnet20")]
    [InlineData("mobilenet_v2")]
    public void Norms_behind_the_convolutions_of_a_folded_network_change_nothing_and_fold_again(string network)
    {
        Model original = Zoo.Create(network).Initialize(1);
        Model folded = (original.Graph.ShapeOf(original.Graph.Input.Name)[1] > 32 ? original.WithInput([3, 32, 32]) : original).Apply(FoldingNet.FoldAlways);
        Assert.True(NormInsertion.Applies(folded.Graph));
        Tensor input = FoldingNet.Sample(folded);
        Model inserted = folded.Apply(new NormInsertion());
        Assert.All(inserted.Graph.Parameters, parameter => Assert.Equal(!parameter.Value.IsBuffer, inserted.Parameters[parameter.Key].Trainable));

        Model normed = NormCalibration.Apply(inserted, input, ReferenceRuntime.Instance);

        Assert.False(NormInsertion.Applies(normed.Graph));
        Assert.Equal(folded.Graph.Nodes.Count(node => node.Op is Conv2d && FeatureMap.Of(folded.Graph.ShapeOf(node.Name)).Pixels > 1), normed.Graph.Nodes.Count(node => node.Op is BatchNorm));
        Assert.InRange(PassVerification.RelativeDifference(folded, normed, input, ReferenceRuntime.Instance), 0, Tolerance);
        Assert.Equal(folded.Graph.Nodes.Select(node => node.Op.Kind), normed.Apply(FoldingNet.FoldAlways).Graph.Nodes.Select(node => node.Op.Kind));
        Assert.Contains("no norm", Assert.Throws<GraphException>(() => normed.Apply(new NormInsertion())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_of_a_single_value_do_not_calibrate()
    {
        Model model = FoldingNet.Build(8, 9, 9, x => x.GlobalAveragePool("pool").BatchNorm("bn"));
        Assert.True(NormCalibration.Apply(model, CounterFill.Input([2, 8, 9, 9]), ReferenceRuntime.Instance).Parameters["bn.running_var"].Value.Read<float>()[0] > 0);
        string message = Assert.Throws<EspalierException>(() => NormCalibration.Apply(model, CounterFill.Input([1, 8, 9, 9]), ReferenceRuntime.Instance)).Message;
        Assert.Contains("bn: expected more than 1 value per channel when training, got input size 1x8x1x1;", message, StringComparison.Ordinal);
    }

    private static ConvolutionExpansion Expansion(string block, double gamma, Func<Node, bool>? selects = null) =>
        new((scope, convolution, input) => MultiBranchModels.Build(scope, convolution, input, s_blocks[block], gamma, seed: 7), selects);
}
