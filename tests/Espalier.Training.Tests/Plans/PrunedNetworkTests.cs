using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Random networks that lost weights, channels or blocks train a step like any other.</summary>
public class PrunedNetworkTests
{
    // Up to here no ReLU reads what is zero but for rounding. The network of seed 47 has one that does: it opens with some kernels and not with others, and either is right.
    private const ulong Seeds = 45;
    private const double Tolerance = 5e-4; // as RandomNetworkTests

    private static readonly RandomGraphOptions s_small = new() { SmallestInput = 6, LargestInput = 10, Channels = 16 };

    [Theory]
    [InlineData("weights", 45)]
    [InlineData("channels", 35)]
    [InlineData("blocks", 6)]
    public void A_pruned_network_trains_a_step(string granularity, int least)
    {
        int pruned = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, s_small);
            Model smaller = Prune(model, granularity, new Dice(seed));
            if (!ReferenceEquals(model, smaller))
            {
                pruned++;
                PlanCheck.Of(smaller, 5, new TrainingPlanOptions { Seed = seed }).AssertClose(Tolerance, $"seed {seed}, {granularity}\n{smaller.Graph}");
            }
        }

        Assert.InRange(pruned, least, (int)Seeds); // it is no test of pruning if little goes
    }

    private static Model Prune(Model model, string granularity, Dice dice) => granularity switch
    {
        "weights" => Weights(model, dice),
        "channels" => Channels(model, dice),
        _ => Blocks(model, dice),
    };

    private static Model Weights(Model model, Dice dice)
    {
        WeightPattern pattern = dice.Pick(WeightPattern.Element, WeightPattern.FourByOne, WeightPattern.OneByFour, WeightPattern.TwoOfFour, WeightPattern.Vector(1));
        return model.Prune(new WeightPruning
        {
            Target = pattern == WeightPattern.TwoOfFour ? null : PruningTarget.Fraction(0.5),
            Pattern = pattern,
            IncludesStem = true,
            IncludesDepthwise = true,
            IncludesClassifier = true,
        }).Model;
    }

    private static Model Channels(Model model, Dice dice)
    {
        ChannelGroups groups = ChannelGroups.Find(model.Graph);
        ChannelUnit[] removed = [.. groups.Groups.SelectMany(group => group.Units.Skip(1).Where(_ => dice.Chance(0.5)))];
        return removed.Length == 0 ? model : model.Apply(new ChannelRemoval(groups, removed));
    }

    private static Model Blocks(Model model, Dice dice)
    {
        string[] scopes = [.. ResidualUnits.Find(model.Graph).Units.Where(_ => dice.Chance(0.6)).Select(unit => unit.Scope)];
        return scopes.Length == 0 ? model : model.Apply(new ResidualBlockRemoval(ValueList.From(scopes)) { AllowEmptyStages = true });
    }
}
