using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Masks that other passes must respect, and masks of zeros.</summary>
public class MaskFaultTests
{
    [Theory(DisplayName = "Faults: expand --gamma 0.3 on a pruned layer")]
    [InlineData("acb", 0)]
    [InlineData("acb", 0.3)]
    [InlineData("repvgg", 0.3)]
    [InlineData("dbb", 0.3)]
    public void Masks_are_kept_or_it_is_said(string block, double gamma)
    {
        Model model = Net();
        model = model.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.5), IncludesStem = true, Scopes = ["conv.weight"] }).Model;
        var pass = new ConvolutionExpansion((scope, convolution, input) => MultiBranchModels.Build(scope, convolution, input, MultiBranchKinds.Find(block).Builder(), gamma));
        PassPlan plan = pass.Plan(model);
        Patch patch = Assert.Single(plan.Patches);
        Model expanded = model.Apply(plan);
        Assert.InRange(FoldingNet.Change(model, expanded), 0, 2e-6);
        bool masked = expanded.Parameters.Values.Any(parameter => parameter.Mask is not null);
        Assert.Equal(masked, !patch.Reason.Contains("mask is dropped", StringComparison.Ordinal));
        Assert.Equal(block != "dbb", masked);
        if (block == "acb" && gamma > 0)
        {
            // The branches together are zero where the pruned convolution was, whatever training makes of the weights that are left.
            Model folded = Doubled(expanded).Apply(FoldingNet.FoldAlways);
            float[] before = model.Parameters["conv.weight"].Mask!.Read<float>().ToArray();
            float[] after = folded.Parameters.First(parameter => parameter.Value.Value.Shape == model.Parameters["conv.weight"].Value.Shape).Value.Effective.Read<float>().ToArray();
            Assert.All(before.Index().Where(each => each.Item == 0), each => Assert.Equal(0, after[each.Index]));
        }
    }

    [Fact(DisplayName = "Faults: InferenceFolding.Fold in C# leaves a line in the ledger")]
    public void A_fold_is_recorded()
    {
        Model model = Net();
        FoldingReport report = InferenceFolding.Fold(model);
        LineageEntry entry = report.After.Metadata.Lineage[^1];
        Assert.Equal("fold", entry.Action);
        Assert.Equal(model.Metadata.Lineage.Count + 1, report.After.Metadata.Lineage.Count);
    }

    [Fact(DisplayName = "Faults: a checkpoint's zeros become masks")]
    public void Zeros_become_masks()
    {
        Model model = Net();
        Model pruned = model.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.5), IncludesStem = true, Scopes = ["conv.weight"] }).Model;
        Model zeros = pruned.RemoveMasks();
        Assert.All(zeros.Parameters.Values, parameter => Assert.Null(parameter.Mask));
        Model masked = zeros.MaskZeros();
        Assert.True(pruned.Parameters["conv.weight"].Mask!.BitEquals(masked.Parameters["conv.weight"].Mask!));
        Assert.Null(masked.Parameters["bn.bias"].Mask);
        Assert.Contains("has no zeros", Assert.Throws<PruningException>(() => model.MaskZeros()).Message, StringComparison.Ordinal);
        Assert.Contains("matches no weight", Assert.Throws<PruningException>(() => zeros.MaskZeros(["bn.bias"])).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: global pruning that empties a layer")]
    public void Emptied_layers_are_named()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 6, 6).Conv2d("large", 4, 1).Conv2d("small", 4, 1).Relu("out"));
        Model model = new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Parameter small = model.Parameters["small.weight"];
        model = model.With(model.Parameters.With("small.weight", small with { Value = Tensor.From<float>(small.Value.Shape, new float[small.Value.Shape.Count].Select(_ => 1e-6f).ToArray()) }));
        var request = new WeightPruning { Target = PruningTarget.Count(16), Scopes = ["large.weight", "small.weight"] };
        Assert.Equal(["small.weight"], model.Prune(request with { IsGlobal = true }).EmptiedParameters);
        Assert.Empty(model.Prune(request with { Target = PruningTarget.Fraction(0.5) }).EmptiedParameters);
    }

    private static Model Net() => FoldingNet.Build(4, 9, 9, x => x.Relu("in").Conv2d("conv", 6, 3, padding: 1).BatchNorm("bn").Relu("out"));

    /// <summary>The model with other values of its parameters, as training gives them.</summary>
    private static Model Doubled(Model model) => model.With(model.Parameters.With(model.Parameters.Where(parameter => parameter.Value.Value.Type == ElementType.Float32 && parameter.Value.Trainable)
        .Select((parameter, i) => KeyValuePair.Create(parameter.Key, parameter.Value.WithMasked(Scaled(parameter.Value.Value, 1 + (0.1f * i)))))));

    private static Tensor Scaled(Tensor value, float factor) => Tensor.From<float>(value.Shape, Array.ConvertAll(value.Read<float>().ToArray(), number => number * factor));
}
