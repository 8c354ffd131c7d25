using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

public class SensitivityScanTests
{
    private static readonly ValueList<double> s_amounts = [0.25, 0.5, 1];

    [Theory]
    [InlineData("element", "magnitude")]
    [InlineData("element", "random")]
    [InlineData("4x1", "magnitude")]
    [InlineData("dim0", "magnitude")]
    public void Every_layer_is_pruned_alone_and_exactly_as_pruning_would(string pattern, string criterion)
    {
        Model model = Network().Prune(new WeightPruning { Criterion = PruningCriteria.Random, Target = PruningTarget.Fraction(0.1), Scopes = ["a"] }).Model; // an earlier mask
        WeightPruning options = new() { Criterion = criterion == "random" ? PruningCriteria.Random : PruningCriteria.Magnitude, Pattern = WeightPattern.Find(pattern)!.Value, Seed = 3, Scopes = ["a", "b"] };
        var seen = new List<Model>();

        SensitivityScan scan = SensitivityScan.OfWeights(model, s_amounts, options, variant => { seen.Add(variant); return seen.Count; });

        Assert.Equal(7, seen.Count);
        Assert.Same(model, seen[0]);
        Assert.Equal(["a.weight", "b.weight"], scan.Curves.Select(curve => curve.Name));
        Assert.Equal([2, 3, 4], scan.Curves[0].Qualities);
        for (int i = 0; i < 6; i++)
        {
            Model expected = model.Prune(options with { Scopes = [i < 3 ? "a" : "b"], Target = PruningTarget.Fraction(s_amounts[i % 3]) }).Model;
            Assert.All(model.Parameters.Keys, name => Assert.True(expected.Parameters[name].Effective.BitEquals(seen[i + 1].Parameters[name].Effective), $"{name} at {i}"));
        }
    }

    [Fact]
    public void Every_group_loses_its_least_channels_and_keeps_one()
    {
        Model model = Network();
        ChannelGroups groups = ChannelGroups.Find(model.Graph);
        var seen = new List<Model>();

        SensitivityScan scan = SensitivityScan.OfChannels(model, s_amounts, new ChannelPruning { Exclude = ["b"] }, variant => { seen.Add(variant); return 0; });

        Assert.Equal(new SensitivityCurve("a", 8, [0, 0, 0]), Assert.Single(scan.Curves));
        double[] scores = ChannelScores.Of(model, groups, new ChannelPruning());
        ChannelGroup a = groups.Groups.Single(group => group.Name == "a");
        int[] counts = [2, 4, 7]; // at 100% one stays
        foreach ((int i, int count) in counts.Index())
        {
            Model expected = ChannelMask.Apply(model, groups, a.Units.OrderBy(unit => scores[unit.Index]).Take(count));
            Assert.All(model.Parameters.Keys, name => Assert.True(expected.Parameters[name].Value.BitEquals(seen[i + 1].Parameters[name].Value), name));
        }
    }

    [Fact]
    public void Standardized_weights_are_scanned_as_pruning_has_them()
    {
        Model model = FoldingNet.Build(4, 6, 6, x => x.Conv2d("a", 8, 3, padding: 1, standardizationEpsilon: 1e-6).Relu("relu").Conv2d("end", 2, 1));
        Model written = model.Apply(new StandardizationRemoval());
        ChannelGroups groups = ChannelGroups.Find(written.Graph);
        ChannelGroup a = groups.Groups.Single();
        var weights = new WeightPruning { Scopes = ["a"] };
        var seen = new List<Model>();

        SensitivityScan.OfWeights(model, [0.5], weights, variant => { seen.Add(variant); return 0; });
        SensitivityScan.OfChannels(model, [0.5], new ChannelPruning(), variant => { seen.Add(variant); return 0; });

        double[] scores = ChannelScores.Of(written, groups, new ChannelPruning());
        Model[] expected = [written, model.Prune(weights with { Target = PruningTarget.Fraction(0.5) }).Model, written, ChannelMask.Apply(written, groups, a.Units.OrderBy(unit => scores[unit.Index]).Take(4))];
        Assert.Equal(expected.Length, seen.Count);
        foreach ((Model scanned, Model pruned) in seen.Zip(expected))
        {
            Assert.Equal(pruned.Graph, scanned.Graph);
            Assert.All(pruned.Parameters, parameter => Assert.True(parameter.Value.Effective.BitEquals(scanned.Parameters[parameter.Key].Effective), parameter.Key));
        }
    }

    [Fact]
    public void Amounts_within_a_loss_end_where_it_is_first_exceeded()
    {
        var scan = new SensitivityScan(0.9, [0.2, 0.4, 0.6], [new("a", 1, [0.9, 0.895, 0.89]), new("b", 1, [0.88, 0.9, 0.9]), new("c", 1, [0.9, double.NaN, 0.9])]);

        Assert.Equal([KeyValuePair.Create("a", 0.4), KeyValuePair.Create("b", 0.0), KeyValuePair.Create("c", 0.2)], scan.AmountsWithin(0.0051));
    }

    [Fact]
    public void Progress_counts_every_model()
    {
        var reports = new List<(int, int)>();
        SensitivityScan.OfWeights(Network(), [0.5], new() { Scopes = ["a", "b"] }, _ => 0, (done, all) => reports.Add((done, all)));
        Assert.Equal([(1, 3), (2, 3), (3, 3)], reports);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.5, 0.4)]
    [InlineData(0, 0.4)]
    [InlineData(0.5, 1.1)]
    public void Amounts_ascend_between_0_and_1(double first, double second)
    {
        EspalierException error = Assert.Throws<EspalierException>(() => SensitivityScan.OfChannels(Network(), [first, second], new(), _ => 0));
        Assert.Contains("Expected ascending amounts above 0 and up to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measure_on_an_executor_finds_what_matters()
    {
        Model model = Network();
        Tensor input = FoldingNet.Sample(model);
        Tensor expected = ReferenceExecutor.Run(model, input);

        SensitivityScan scan = SensitivityScan.OfWeights(model, s_amounts, new() { Scopes = ["a", "b"] }, variant =>
            -OutputDifference.Between(expected.Read<float>(), ReferenceExecutor.Run(variant, input).Read<float>()).Squared);

        Assert.Equal(0, scan.Whole);
        Assert.All(scan.Curves, curve => Assert.True(curve.Qualities[0] > curve.Qualities[2] && curve.Qualities[0] < 0, curve.ToString()));
    }

    private static Model Network() =>
        FoldingNet.Build(4, 6, 6, x => x.Conv2d("a", 8, 3, padding: 1).BatchNorm("bn").Relu("relu").Conv2d("b", 8, 3, padding: 1).Relu("relu2").Conv2d("end", 2, 1));
}
