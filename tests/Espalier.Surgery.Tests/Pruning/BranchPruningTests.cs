using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Blocks of branches that were pruned still fold, and the zeros are still there.</summary>
public class BranchPruningTests
{
    private static readonly Tensor Images = CounterFill.Input([2, 3, 16, 16]);

    public static TheoryData<string> Kinds => ["acb", "dbb", "repvgg", "mobileone"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Channels_then_weights_then_folding_leave_the_zeros_and_the_function(string kind)
    {
        Model narrow = Trained(kind).Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.3) }).Model;

        PruningResult report = narrow.Prune(new WeightPruning { Branches = true, Target = PruningTarget.Fraction(0.8), IsGlobal = true });
        Model folded = InferenceFolding.Fold(report.Model).After;

        Assert.All(folded.Graph.Nodes, node => Assert.False(node.Op is BatchNorm, node.Name));
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(report.Model, Images), ReferenceExecutor.Run(folded, Images)), 0, 1e-5);
        Assert.Equal(8, report.Parameters.Length); // six convolutions in three blocks, and two projections
        Assert.All(report.Parameters, row =>
        {
            Parameter weight = folded.Parameters[row.Name];
            Assert.Equal(row.Shape, weight.Value.Shape);
            Assert.Equal(row.Removed, weight.Value.Shape.Count - weight.NonZeros);
        });
        Assert.InRange((double)report.RemovedWeights / report.Weights, 0.76, 0.8); // what an identity adds to stays
        Assert.Contains(report.Model.Metadata.Lineage[^1].Settings, setting => setting == new LineageSetting("branches", "together"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Branches_of_several_layers_become_one_that_computes_the_same(string kind)
    {
        Model model = Trained(kind);
        Model parallel = model.Prune(new WeightPruning { Branches = true, Target = PruningTarget.Fraction(0) }).Model;
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, Images), ReferenceExecutor.Run(parallel, Images)), 0, 1e-5);
        Assert.Equal(kind == "dbb", parallel.Graph.Nodes.Length < model.Graph.Nodes.Length);
        Assert.DoesNotContain(parallel.Graph.Nodes, node => node.Op is AveragePool);
        Assert.Contains(parallel.Graph.Nodes, node => node.Op is Add && node.Name.Contains("conv1", StringComparison.Ordinal)); // still branches
    }

    [Fact]
    public void Prunings_compose()
    {
        Model first = Trained("repvgg").Prune(new WeightPruning { Branches = true, Criterion = PruningCriteria.Random, Target = PruningTarget.Fraction(0.5) }).Model;
        PruningResult second = first.Prune(new WeightPruning { Branches = true, Target = PruningTarget.Sparsity(0.75) });
        foreach ((string name, Parameter parameter) in first.Parameters.Where(parameter => parameter.Value.Mask is not null))
        {
            float[] before = parameter.Mask!.Read<float>().ToArray();
            float[] after = second.Model.Parameters[name].Mask!.Read<float>().ToArray();
            Assert.True(before.Zip(after).All(pair => pair.Second <= pair.First), name);
        }

        Assert.InRange((double)second.RemovedWeights / second.Weights, 0.7, 0.75);
    }

    [Fact]
    public void What_the_input_itself_adds_to_stays()
    {
        Model pruned = Trained("repvgg").Prune(new WeightPruning { Branches = true, Target = PruningTarget.Fraction(0.99), Scopes = ["layer1.0.conv2"] }).Model;
        Parameter folded = InferenceFolding.Fold(pruned).After.Parameters["layer1.0.conv2.weight"];
        Assert.InRange(folded.NonZeros, 16, 16 + 23); // 1% of 2304 weights may be others
        ReadOnlySpan<float> weights = folded.Effective.Read<float>();
        for (int channel = 0; channel < 16; channel++)
        {
            Assert.NotEqual(0, weights[(((channel * 16) + channel) * 9) + 4]);
        }
    }

    [Fact]
    public void Zeros_of_branches_that_were_pruned_each_for_itself_fill_in_and_folding_says_so()
    {
        Model model = Trained("acb").Prune(new WeightPruning { Target = PruningTarget.Fraction(0.8) }).Model;
        FoldedRegion[] merges = [.. InferenceFolding.Fold(model).Merges.Where(merge => merge.Zeros is not null)];
        Assert.Equal(6, merges.Length);
        Assert.All(merges, merge => Assert.True(merge.Zeros!.Value.FillsIn && merge.Zeros.Value.Left < 0.8 * merge.Zeros.Value.Weights && merge.Zeros.Value.Masked > merge.Zeros.Value.Left, merge.ToString()));
        Assert.Contains("masks removed", merges[0].ToString(), StringComparison.Ordinal);

        Model together = Trained("acb").Prune(new WeightPruning { Branches = true, Target = PruningTarget.Fraction(0.8) }).Model;
        Assert.All(InferenceFolding.Fold(together).Merges.Where(merge => merge.Zeros is not null), merge =>
        {
            Assert.InRange(merge.Zeros!.Value.Left, 0.79 * merge.Zeros.Value.Weights, 0.81 * merge.Zeros.Value.Weights);
            Assert.False(merge.Zeros.Value.FillsIn, merge.ToString());
        });
    }

    [Fact]
    public void Networks_without_branches_are_pruned_as_ever()
    {
        Model plain = Zoo.Create("cifar_resnet20").Initialize(4);
        var options = new WeightPruning { Criterion = PruningCriteria.Lamp, Target = PruningTarget.Fraction(0.6), IsGlobal = true };
        PruningResult expected = plain.Prune(options);
        PruningResult actual = plain.Prune(options with { Branches = true });
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected.Model.Metadata, actual.Model.Metadata);
        Assert.All(expected.Model.Parameters.Where(p => p.Value.Mask is not null), p => Assert.True(p.Value.Mask!.BitEquals(actual.Model.Parameters[p.Key].Mask!), p.Key));
    }

    /// <summary>ResNet-8 with blocks and norms that have seen something.</summary>
    private static Model Trained(string kind)
    {
        Model model = Zoo.Create("cifar_resnet8_b", new ZooOptions { InputSize = new Size(16, 16), Blocks = [new BlockChoice(MultiBranchKinds.Find(kind), "layer*")] }).Initialize(2);
        return model.With(Parameters.From(model.Parameters.Select(parameter => parameter.Value.Value.Shape.Rank == 1
            ? KeyValuePair.Create(parameter.Key, parameter.Value with { Value = CounterFill.Parameter(parameter.Key, parameter.Value.Value.Shape) })
            : parameter)));
    }
}
