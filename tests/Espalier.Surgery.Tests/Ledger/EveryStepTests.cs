using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

/// <summary>Whatever changes a model is written into its lineage, with figures.</summary>
public class EveryStepTests
{
    private static readonly Model Network = Zoo.Create("cifar_resnet20").Initialize(1);

    private static readonly Dictionary<Type, Func<(Model Model, Pass Pass)>> s_passes = new()
    {
        [typeof(StochasticDepthWrap)] = () => (Network, new StochasticDepthWrap(new() { Scopes = ["layer3"] })),
        [typeof(StochasticDepthFolding)] = () => (Network.Apply(new StochasticDepthWrap(new()), new LinearFolding()), new StochasticDepthFolding()),
        [typeof(ConvolutionExpansion)] = () => (Network, new ConvolutionExpansion((scope, convolution, input) => MultiBranchModels.Build(scope, convolution, input, MultiBranchBlocks.AsymmetricBlock, 0, 1))),
        [typeof(LinearFolding)] = () => (Network, new LinearFolding()),
        [typeof(ResidualRemoval)] = () => (Network.Apply(new LinearFolding()), new ResidualRemoval()),
        [typeof(ResidualBlockRemoval)] = () => (Network, new ResidualBlockRemoval(["layer2.1"])),
        [typeof(ChannelRemoval)] = () => (Network, new ChannelRemoval(ChannelGroups.Find(Network.Graph), ChannelGroups.Find(Network.Graph).Units.Take(3))),
        [typeof(Quantization)] = ToQuantize,
        [typeof(QuantizedNormFolding)] = () =>
        {
            (Model folded, Pass quantization) = ToQuantize();
            return (folded.Apply(quantization).Apply(new NormInsertion()), new QuantizedNormFolding());
        },
        [typeof(CrossLayerEqualization)] = () => (Network.Apply(new LinearFolding()), new CrossLayerEqualization()),
        [typeof(DropoutRemoval)] = () => (FoldingNet.Build(2, 3, 3, x => x.Conv2d("conv", 2, 1).Dropout("dropout", 0.5)), new DropoutRemoval()),
        [typeof(NormInsertion)] = () => (Network.Apply(new LinearFolding()), new NormInsertion()),
        [typeof(StandardizationRemoval)] = () => (FoldingNet.Build(2, 3, 3, x => x.Conv2d("conv", 2, 1, standardizationEpsilon: 1e-6)), new StandardizationRemoval()),
        [typeof(FurtherOutputRemoval)] = () => (new Model(new Graph(Network.Graph.Nodes, [.. Network.Graph.Outputs, "layer1.0.relu1"]), Network.Parameters, Network.Metadata), new FurtherOutputRemoval()),
    };

    private static (Model, Pass) ToQuantize()
    {
        Model folded = InferenceFolding.Fold(Network).After;
        var options = new QuantizationOptions();
        return (folded.With(folded.Metadata with { Lineage = [] }), new Quantization(Quantization.RoundedValues(folded, options).ToDictionary(name => name, _ => new ValueRange(-4, 4)), options));
    }

    public static TheoryData<Type> Passes() => [.. typeof(Pass).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Pass)) && !type.IsAbstract)];

    [Theory]
    [MemberData(nameof(Passes))]
    public void Every_pass_writes_one_line_with_its_settings_and_the_figures_of_what_it_left(Type pass)
    {
        (Model before, Pass sample) = s_passes[pass]();

        Model after = before.ApplyAndRecord(sample);

        Assert.NotEqual((before.Graph, before.Parameters), (after.Graph, after.Parameters));
        LineageEntry entry = Assert.Single(after.Metadata.Lineage);
        Assert.Equal(sample.Action, entry.Action);
        Assert.NotEmpty(entry.Settings);
        Assert.Equal(ModelFigures.Of(after), after.LastFigures());
    }

    [Fact]
    public void A_pass_that_finds_nothing_to_do_writes_nothing() => Assert.Same(Network, Network.ApplyAndRecord(new DropoutRemoval()));

    public static TheoryData<string> Functions() => ["prune weights", "prune by mask", "prune nothing", "remove masks", "undo", "prune channels", "prune channels to macs", "calibrate"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_function_that_changes_a_model_writes_one_line_too(string what)
    {
        Model masked = Network.Prune(Half).Model;
        Model before = what is "remove masks" or "undo" ? masked : Network;

        Model after = Change(before, what);

        Assert.Equal(before.Metadata.Lineage.Count + 1, after.Metadata.Lineage.Count);
        Assert.NotEmpty(after.Metadata.Lineage[^1].Settings);
        Assert.Equal(ModelFigures.Of(after), after.LastFigures());
    }

    [Theory]
    [InlineData("prune weights", "granularity", "method", "amount", "seed")]
    [InlineData("prune channels", "granularity", "method", "amount", "seed")]
    public void A_pruning_tells_its_method_its_granularity_its_amount_and_its_seed(string what, params string[] expected) =>
        Assert.Subset(Change(Network, what).Metadata.Lineage[^1].Settings.Select(setting => setting.Name).ToHashSet(), expected.ToHashSet());

    private static WeightPruning Half => new() { Target = PruningTarget.Fraction(0.5) };

    private static Model Change(Model model, string what) => what switch
    {
        "prune weights" => model.Prune(Half).Model,
        "prune by mask" => model.PruneByMask("conv1.weight", Tensor.Zeros(model.Parameters["conv1.weight"].Value.Shape)),
        "prune nothing" => model.AddIdentityMask("conv1.weight"),
        "remove masks" => model.RemoveMasks(),
        "undo" => model.UndoPruning(["layer1"]),
        "prune channels" => model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.5), Criterion = PruningCriteria.Random, Seed = 7 }).Model,
        "prune channels to macs" => model.Prune(new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.5) }).Model,
        "calibrate" => NormCalibration.Apply(model, FoldingNet.Sample(model), ReferenceRuntime.Instance, node => node.Name == "bn1"),
        _ => throw new ArgumentException(what),
    };
}
