using Espalier.Graphs;

namespace Espalier.Surgery.Tests;

/// <summary>What is not the same function is left alone even on demand, and the rule that forbids it is named.</summary>
public class FoldingRefusalTests
{
    private static readonly Dictionary<string, (Func<Value, Value> Body, string Node, MergeRule Rule, string Reason)> s_cases = new()
    {
        ["1: a norm of scale 0 before padding"] = (x => x.BatchNorm("zero").Conv2d("b", 4, 3, padding: 1), "b", MergeRule.BatchNorm, "at 'b', a norm whose scale for channel 0 is 0"),
        ["2: other strides"] = (x => x.Conv2d("a", 4, 1, stride: 2).Add("sum", x.Conv2d("b", 4, 5)), "sum", MergeRule.SamplingGrid, "at 'sum', the branches have strides 2x2 and 1x1"),
        ["2: other padding values"] = (x => x.Conv2d("a", 4, 3, padding: 1).Add("sum", x.Pad("pad", 1).Conv2d("b", 4, 3)), "sum", MergeRule.SamplingGrid, "at 'sum', the branches are padded with different values"),
        ["2: other inputs"] = (x => x.Conv2d("a", 4, 1).Add("sum", x.Relu("relu").Conv2d("b", 4, 1)), "sum", MergeRule.CommonInput, "a and b have no common input"),
        ["3: a bias before padding"] = (x => x.Conv2d("a", 4, 1, bias: true).Conv2d("b", 4, 3, padding: 1), "b", MergeRule.InnerPadding, "at 'b', there is padding 1 between a 1x1 map with a bias"),
        ["3: a norm's shift before padding"] = (x => x.Conv2d("a", 4, 1).BatchNorm("bn").Conv2d("b", 4, 3, padding: 1), "b", MergeRule.InnerPadding, "at 'b', there is padding 1 between a 1x1 map with a bias"),
        ["3: a kernel before padding"] = (x => x.Conv2d("a", 4, 3, padding: 1).Conv2d("b", 4, 3, padding: 1), "b", MergeRule.InnerPadding, "at 'b', a 3x3 kernel with padding 1 follows a 3x3 kernel"),
        ["3: a pool before padding"] = (x => x.AveragePool("a", 2, 1).Conv2d("b", 4, 3, padding: 1), "b", MergeRule.InnerPadding, "at 'b', a 3x3 kernel with padding 1 follows a 2x2 kernel"),
        ["4: other grids"] = (x => x.Conv2d("a", 4, 3, 2, padding: 1).Concat("cat", x.Conv2d("b", 4, 5)), "cat", MergeRule.SamplingGrid, "at 'cat', the branches have strides 2x2 and 1x1"),
        ["4: other inputs"] = (x => x.Conv2d("a", 4, 1).Concat("cat", x.Relu("relu")), "cat", MergeRule.CommonInput, "a and relu have no common input"),
        ["5: padding that is not counted"] = (x => x.Conv2d("a", 4, 1).AveragePool("pool", 3, 1, 1, countIncludePad: false), "pool", MergeRule.AveragePool, "at 'pool', padding is not counted"),
        ["5: ceil mode"] = (x => x.Conv2d("a", 4, 2).AveragePool("pool", 3, 2, ceilMode: true), "pool", MergeRule.AveragePool, "at 'pool', its output size is rounded up"),
        ["5: a maximum"] = (x => x.Conv2d("a", 4, 1).MaxPool("pool", 3, 1, 1), "pool", MergeRule.AveragePool, "it is a max pool of 'a'"),
        ["a kernel before global pooling"] = (x => x.Conv2d("a", 4, 3, padding: 1).GlobalAveragePool("pool"), "pool", MergeRule.MeanPool, "'a' cannot be moved after the pool: a 3x3 kernel"),
        ["a stride before global pooling"] = (x => x.Conv2d("a", 4, 1, stride: 2).GlobalAveragePool("pool"), "pool", MergeRule.MeanPool, "'a' cannot be moved after the pool: a 1x1 kernel with stride 2x2"),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_inexact_merge_is_refused(string name)
    {
        (Func<Value, Value> body, string node, MergeRule rule, string reason) = s_cases[name];
        Model model = FoldingNet.Build(4, 8, 8, body);
        model = model.Graph.TryFind("zero", out _) ? model.With(model.Parameters.With("zero.weight", new Parameter(Tensors.Tensor.Zeros([4])))) : model;

        FoldingReport report = FoldingNet.FoldAlways.Fold(model);

        FoldingRefusal refusal = Assert.Single(report.Refusals, refusal => refusal.Node == node);
        Assert.Equal(rule, refusal.Rule);
        Assert.StartsWith(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(model.Graph[node].Op, report.After.Graph[node].Op);
        Assert.InRange(FoldingNet.Change(model, report.After), 0, 2e-6);
    }

    public static TheoryData<string> Cases() => [.. s_cases.Keys];
}
