using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Surgery.Tests;

/// <summary>What is chosen for removal, and how far it goes.</summary>
public class ChannelPrunerTests
{
    private static readonly ChannelPruning s_default = new();

    [Fact]
    public void Importance_is_what_the_papers_say()
    {
        Model model = Filters([3, 4], [0, 1], [-3, 4], [0, 0.5f]);

        Assert.Equal([7, 1, 7, 0.5], Scores(model, PruningCriteria.L1));
        Assert.Equal([5, 1, 5, 0.5], Scores(model, PruningCriteria.L2));
        double[] distances = Scores(model, PruningCriteria.Fpgm);
        Assert.Equal(Math.Sqrt(18) + 6 + Math.Sqrt(9 + 12.25), distances[0], 6);
        Assert.Equal((2 * Math.Sqrt(18)) + 0.5, distances[1], 6);
        Tensor gradient = Tensor.From([4, 2, 1, 1], 1, 1, 2, 2, 1, 1, 0, 4);
        Assert.Equal([49, 4, 1, 4], Scores(model, PruningCriteria.Taylor, gradient: gradient));
        Assert.All(Scores(model, PruningCriteria.NormScale), score => Assert.Equal(double.PositiveInfinity, score)); // there are no norms
        Assert.Equal(Scores(model, PruningCriteria.Random, seed: 1), Scores(model, PruningCriteria.Random, seed: 1));
        Assert.NotEqual(Scores(model, PruningCriteria.Random, seed: 1), Scores(model, PruningCriteria.Random, seed: 2));
    }

    [Fact]
    public void What_masks_have_removed_is_not_important_and_what_is_no_number_stays()
    {
        Model model = Filters([3, 4], [1, 1], [float.NaN, 0]);
        Parameter weight = model.Parameters["a.weight"];
        model = model.With(model.Parameters.With("a.weight", weight with { Mask = Tensor.From([3, 2, 1, 1], 0, 0, 1, 1, 1, 1) }));

        Assert.Equal([0, 2, double.PositiveInfinity], Scores(model, PruningCriteria.L1));
    }

    [Fact]
    public void Channels_without_a_score_stay()
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", 4, 1).BatchNorm("bn").Relu("r").Conv2d("b", 4, 1).Relu("s").Conv2d("end", 2, 1));

        foreach (ChannelRanking ranking in Enum.GetValues<ChannelRanking>())
        {
            PruningResult pruning = model.Prune(s_default with { Target = PruningTarget.Fraction(1), Criterion = PruningCriteria.NormScale, Ranking = ranking });
            Assert.Equal([new ChannelWidth("a", 4, 1), new ChannelWidth("b", 4, 4)], pruning.Widths);
        }

        Model bare = Filters([3, 4], [0, 1]);
        string message = Assert.Throws<EspalierException>(() => bare.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Criterion = PruningCriteria.NormScale })).Message;
        Assert.Equal("The criterion 'norm-scale' cannot score any channel: it reads norms, and the groups that can shrink have none with finite values; 'l1' reads filters.", message);
    }

    [Fact]
    public void Norm_scales_rank_and_are_listed_for_sparsity_training()
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", 3, 1).BatchNorm("bn").Relu("r").Conv2d("b", 2, 1).BatchNorm("last"));
        model = model.With(model.Parameters.With("bn.weight", new Parameter(Tensor.From([3], -0.5f, 0.1f, 0.2f))));

        Assert.Equal([0.5, 0.1, 0.2], Scores(model, PruningCriteria.NormScale).Select(score => Math.Round(score, 6)));
        Assert.Equal(["bn.weight"], NormScale.ParametersOf(ChannelGroups.Find(model.Graph)));
    }

    [Theory]
    [InlineData(ChannelAggregate.Mean, 5.0)]
    [InlineData(ChannelAggregate.Max, 7.0)]
    [InlineData(ChannelAggregate.Sum, 10.0)]
    public void Scores_of_joined_layers_become_one(ChannelAggregate aggregate, double expected)
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", 1, 1).Add("sum", x.Conv2d("b", 1, 1)).Conv2d("end", 1, 1));
        model = model.With(model.Parameters
            .With("a.weight", new Parameter(Tensor.From([1, 2, 1, 1], 3, -4)))
            .With("b.weight", new Parameter(Tensor.From([1, 2, 1, 1], 1, 2))));

        Assert.Equal([expected], ChannelScores.Of(model, ChannelGroups.Find(model.Graph), s_default with { Aggregate = aggregate }));
    }

    [Fact]
    public void The_least_important_go()
    {
        PruningResult pruning = Filters([3, 4], [0, 1], [-3, 4], [0, 0.5f]).Prune(s_default with { Target = PruningTarget.Fraction(0.5) });

        Assert.Equal([3, 4, -3, 4], pruning.Model.Parameters["a.weight"].Value.Read<float>().ToArray());
        Assert.Equal([new ChannelWidth("a", 4, 2)], pruning.Widths);
        LineageEntry entry = Assert.Single(pruning.Model.Metadata.Lineage);
        Assert.Equal("prune", entry.Action);
        Assert.Contains(new LineageSetting("method", "l1"), entry.Settings);
    }

    [Fact]
    public void Groups_lose_equally_locally_and_by_scale_globally()
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", 4, 1).Relu("r").Conv2d("b", 4, 1).Relu("s").Conv2d("end", 2, 1));
        model = model.With(model.Parameters
            .With("a.weight", new Parameter(Tensor.From([4, 2, 1, 1], 1, 1, 2, 2, 3, 3, 4, 4)))
            .With("b.weight", new Parameter(Tensor.From([4, 4, 1, 1], [.. Enumerable.Range(0, 16).Select(i => 100f * ((i / 4) + 1))]))));
        int[] Widths(ChannelRanking ranking) => [.. model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Ranking = ranking }).Widths.Select(width => width.After)];

        Assert.Equal([2, 2], Widths(ChannelRanking.Local));
        Assert.Equal([1, 4], Widths(ChannelRanking.Global)); // all of a would go: one stays
        Assert.Equal([2, 2], Widths(ChannelRanking.Normalized));
    }

    [Fact]
    public void Widths_are_rounded_up_and_have_a_minimum()
    {
        Model model = Zoo.Create("cifar_resnet20_b").Initialize(1);

        Assert.All(model.Prune(s_default with { Target = PruningTarget.Fraction(0.6), RoundTo = 8 }).Widths, width => Assert.Equal(0, width.After % 8));
        Assert.All(model.Prune(s_default with { Target = PruningTarget.Fraction(1), MinimumWidth = 5 }).Widths, width => Assert.Equal(5, width.After));
        Assert.All(
            model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Exclude = ["layer2"] }).Widths,
            width => Assert.Equal(width.Group.StartsWith("layer2", StringComparison.Ordinal), width.After == width.Before));
    }

    [Theory]
    [InlineData(ChannelRanking.Local)]
    [InlineData(ChannelRanking.Global)]
    [InlineData(ChannelRanking.Normalized)]
    public void A_target_is_met_and_hardly_more(ChannelRanking ranking)
    {
        Model model = Zoo.Create("cifar_resnet56_b").Initialize(1);
        ChannelPruning options = s_default with { Ranking = ranking };

        Assert.InRange(Work(model.Prune(options with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 1 / 2.55) }).Model) / Work(model), 0.33, 1 / 2.55);
        Assert.InRange(Size(model.Prune(options with { Target = PruningTarget.AtMostShare(PruningMeasure.Parameters, 0.5) }).Model) / Size(model), 0.45, 0.5);
        PruningResult measured = model.Prune(options with { Target = PruningTarget.AtMost(new PruningMeasure("measured", Work), 0.5 * Work(model)) });
        Assert.InRange(Work(measured.Model) / Work(model), 0.4, 0.5);
    }

    [Fact]
    public void A_target_that_is_met_already_removes_nothing()
    {
        Model model = Zoo.Create("cifar_resnet20").Initialize(1);

        Assert.Empty(model.Prune(s_default with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 1) }).RemovedChannels);
    }

    [Fact]
    public void Masks_count_as_zeros()
    {
        Model model = Filters([3, 4], [5, 6], [1, 1], [2, 2]);
        Model masked = model.PruneByMask("a.weight", Tensor.From([4, 2, 1, 1], 1, 1, 0, 0, 1, 1, 1, 1));

        Assert.Equal([7, 0, 2, 4], Scores(masked, PruningCriteria.L1));
    }

    [Fact]
    public void Channels_of_zero_filters_leave_their_constant_behind()
    {
        Model model = FoldingNet.Build(2, 6, 6, x => x.Conv2d("a", 6, 3, padding: 1).BatchNorm("bn").Relu("r").Conv2d("b", 4, 1).Relu("s").Conv2d("c", 2, 3, padding: 1));
        model = model.Prune(new WeightPruning { Target = PruningTarget.Count(3), Pattern = WeightPattern.Vector(0), Scopes = ["a"] }).Model;

        PruningResult carried = model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Exclude = ["b"] });
        PruningResult cut = model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Exclude = ["b"], FoldsConstants = false });

        Assert.Equal((3, 3, 0), (carried.RemovedChannels.Length, carried.Carried, cut.Carried));
        Assert.Empty(carried.Refusals);
        Assert.InRange(FoldingNet.Change(model, carried.Model), 0, 1e-5);
        Assert.InRange(FoldingNet.Change(model, cut.Model), 1e-3, double.PositiveInfinity);
    }

    [Fact]
    public void A_constant_that_a_border_would_cut_is_named_and_its_channel_goes_all_the_same()
    {
        Model model = FoldingNet.Build(2, 6, 6, x => x.Conv2d("a", 4, 1, bias: true).Conv2d("b", 2, 3, padding: 1));
        model = model.Prune(new WeightPruning { Target = PruningTarget.Count(1), Pattern = WeightPattern.Vector(0), Scopes = ["a"] }).Model;

        PruningResult pruning = model.Prune(s_default with { Target = PruningTarget.Fraction(0.25) });

        Assert.Equal((1, 0), (pruning.RemovedChannels.Length, pruning.Carried));
        Assert.Equal("b", Assert.Single(pruning.Refusals).Node);
    }

    [Fact]
    public void Bad_requests_say_what_would_work()
    {
        Model model = Filters([3, 4], [0, 1], [-3, 4], [0, 0.5f]);
        string Message(Action prune) => Assert.Throws<EspalierException>(prune).Message;

        Assert.Equal("Expected an amount from 0 to 1 (0.5 is half of the channels), found 1.5.", Message(() => model.Prune(s_default with { Target = PruningTarget.Fraction(1.5) })));
        Assert.Equal("Expected a share of the multiply-accumulates above 0 and at most 1, found 0.", Message(() => model.Prune(s_default with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0) })));
        Assert.Equal("Expected a share of the multiply-accumulates above 0 and at most 1, found 1.5.", Message(() => model.Prune(s_default with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 1.5) }, step: new PruningStep(model, 1, 2))));
        Assert.Equal(
            "the share of multiply-accumulates cannot be 0.1: the narrowest network that minimum width, rounding and excluded layers allow reaches 0.25.",
            Message(() => model.Prune(s_default with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.1) })));
        Assert.Equal("No layer is called 'layer9'; groups that can shrink are a.", Message(() => model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), Exclude = ["layer9"] })));
        Assert.Equal("Expected a minimum width and a rounding of at least 1, found 0 and 1.", Message(() => model.Prune(s_default with { Target = PruningTarget.Fraction(0.5), MinimumWidth = 0 })));
    }

    /// <summary>A layer with these filters, and one that reads it.</summary>
    private static Model Filters(params float[][] filters)
    {
        Model model = FoldingNet.Build(2, 4, 4, x => x.Conv2d("a", filters.Length, 1).Relu("r").Conv2d("b", 2, 1));
        Tensor weight = Tensor.From([filters.Length, 2, 1, 1], [.. filters.SelectMany(filter => filter)]);
        return model.With(model.Parameters.With("a.weight", new Parameter(weight)));
    }

    private static double[] Scores(Model model, IChannelCriterion criterion, ulong seed = 0, Tensor? gradient = null) =>
        ChannelScores.Of(model, ChannelGroups.Find(model.Graph), s_default with { Criterion = criterion, Seed = seed }, gradient is null ? null : _ => gradient);

    private static double Work(Model model) => model.Graph.Nodes.Sum(node => MultiplyAccumulates.Of(model.Graph, node));

    private static double Size(Model model) => model.Parameters.Values.Where(parameter => parameter.Trainable).Sum(parameter => parameter.Value.Shape.Count);
}
