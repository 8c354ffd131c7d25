using Espalier.Graphs;

namespace Espalier.Surgery.Tests;

/// <summary>Joins of which only a part is linear over one source.</summary>
public class PartialJoinTests
{
    [Fact]
    public void Linear_branches_beside_a_rectified_one_are_merged_with_each_other()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Builder.Append("sum", new Add(), [x.Conv2d("a", 8, 3, padding: 1).BatchNorm("bn"), x.Conv2d("b", 8, 1).Relu("relu"), x.Conv2d("c", 8, 1), x]));

        FoldingReport report = FoldingNet.Fold.Fold(model);

        Assert.Equal(["input", "b", "relu", "a", "sum"], report.After.Graph.Nodes.Select(node => node.Name).Order().OrderBy(name => name is "sum" ? 4 : name is "a" ? 3 : name is "relu" ? 2 : name is "b" ? 1 : 0));
        Assert.Contains(report.Merges, merge => merge.Transforms.Contains(MergeTransform.PartialJoin));
        Assert.InRange(FoldingNet.Change(model, report.After), 0, 2e-6);
    }

    [Fact]
    public void Nested_sums_are_taken_apart()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Conv2d("a", 8, 3, padding: 1).Add("sum1", x.Relu("relu1")).Add("sum2", x.Sigmoid("sigmoid")).Add("sum3", x.Conv2d("b", 8, 3, padding: 1)));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Single(folded.Graph.Nodes, node => node.Op is Conv2d);
        Assert.Equal(3, Assert.Single(folded.Graph.Nodes, node => node.Op is Add).Inputs.Count);
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    [Fact]
    public void Two_of_three_branches_merge_where_the_third_is_padded_otherwise()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Builder.Append("sum", new Add(), [x.Conv2d("a", 8, 3, padding: 1), x.Pad("pad", 1).Conv2d("b", 8, 3), x.Conv2d("c", 8, 3, padding: 1)]));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal(2, folded.Graph.Nodes.Count(node => node.Op is Conv2d));
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    [Fact]
    public void Neighbours_in_a_concatenation_merge_and_others_do_not()
    {
        Model model = FoldingNet.Build(8, 7, 7, x => x.Conv2d("a", 4, 1).Concat("cat", x.Conv2d("b", 4, 1), x.Relu("relu"), x.Conv2d("c", 4, 1)));

        Model folded = model.Apply(FoldingNet.Fold);

        Assert.Equal([8, 4], folded.Graph.Nodes.Select(node => node.Op).OfType<Conv2d>().Select(conv => conv.OutChannels).OrderDescending());
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    [Fact]
    public void A_sum_that_others_read_stays_as_it_is()
    {
        Model model = FoldingNet.Build(8, 7, 7, x =>
        {
            Value inner = x.Conv2d("a", 8, 3, padding: 1).Add("inner", x.Relu("relu"));
            return inner.Add("outer", x.Conv2d("b", 8, 3, padding: 1)).Add("last", inner.Sigmoid("sigmoid"));
        });

        Assert.Same(model, model.Apply(FoldingNet.Fold));
    }

    [Fact]
    public void Pruned_branches_merge_and_what_all_of_them_lack_stays_removed()
    {
        Model model = FoldingNet.Build(4, 7, 7, x => x.Conv2d("a", 4, 3, padding: 1).Add("sum", x.Conv2d("b", 4, 3, padding: 1)));
        model = Masked(Masked(model, "a.weight", i => i % 2), "b.weight", i => i % 3);

        Model folded = model.Apply(FoldingNet.Fold);

        Parameter weight = folded.Parameters["a.weight"];
        float[] kept = weight.Mask!.Read<float>().ToArray();
        Assert.Equal([.. Enumerable.Range(0, kept.Length).Select(i => i % 6 == 0 ? 0f : 1f)], kept);
        Assert.InRange(FoldingNet.Change(model, folded), 0, 2e-6);
    }

    /// <summary>Removes the weights for whose place <paramref name="kept"/> is 0.</summary>
    private static Model Masked(Model model, string name, Func<int, int> kept)
    {
        float[] values = model.Parameters[name].Value.Read<float>().ToArray();
        float[] mask = [.. Enumerable.Range(0, values.Length).Select(i => Math.Min(1f, kept(i)))];
        Tensors.Shape shape = model.Parameters[name].Value.Shape;
        return model.With(model.Parameters.With(name, new Parameter(Tensors.Tensor.From<float>(shape, [.. values.Zip(mask, (value, keep) => value * keep)])) { Mask = Tensors.Tensor.From<float>(shape, mask) }));
    }
}
