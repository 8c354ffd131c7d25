using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Networks that lost weights, channels and blocks train like any others: 60 random ones for each way, and 500 where <c>ESPALIER_LONG</c> is set.</summary>
public sealed class PrunedStepTests
{
    private const double LearningRate = 1e-3;
    private const int Batch = 4;

    private static readonly ulong s_seeds = Environment.GetEnvironmentVariable("ESPALIER_LONG") is null ? 60UL : 500;
    private static readonly RandomGraphOptions s_small = new() { SmallestInput = 4, LargestInput = 8, Blocks = 4, Channels = 16 };

    [Theory]
    [InlineData("weights")]
    [InlineData("4x1")]
    [InlineData("channels")]
    [InlineData("groups")]
    [InlineData("evenly")]
    [InlineData("blocks")]
    public void A_pruned_network_takes_a_training_step(string granularity)
    {
        using var pool = new WorkerPool(2);
        ulong smaller = 0;
        for (ulong seed = 1; seed <= s_seeds; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, s_small);
            Model? pruned = Prune(model, granularity, seed);
            if (pruned is not null)
            {
                smaller += NonZeros.Of(pruned) < NonZeros.Of(model) ? 1UL : 0;
                TakeStep(pruned, pool, $"seed {seed}");
            }
        }

        Assert.True(smaller >= (granularity == "blocks" ? s_seeds / 8 : s_seeds / 2), $"only {smaller} of {s_seeds} networks lost anything"); // not every network has residual blocks
    }

    private static Model? Prune(Model model, string granularity, ulong seed) => granularity switch
    {
        "weights" => Weights(model, WeightPattern.Element),
        "4x1" => Weights(model, WeightPattern.FourByOne),
        "channels" => Channels(model, GroupedChannels.Automatic, seed),
        "groups" => Channels(model, GroupedChannels.WholeGroups, seed),
        "evenly" => Channels(model, GroupedChannels.EvenlyPerGroup, seed),
        _ => Blocks(model, seed),
    };

    private static Model Weights(Model model, WeightPattern pattern) => model.Prune(new WeightPruning
    {
        Target = PruningTarget.Fraction(0.5),
        Pattern = pattern,
        IncludesStem = true,
        IncludesClassifier = true,
        IncludesDepthwise = true,
    }).Model;

    private static Model? Channels(Model model, GroupedChannels grouped, ulong seed)
    {
        try
        {
            return model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.5), Criterion = PruningCriteria.Random, Seed = seed, Grouped = grouped }).Model;
        }
        catch (EspalierException error) when (error.Message.Contains("cannot score any channel", StringComparison.Ordinal))
        {
            return null; // no channel that a convolution computes can be removed
        }
    }

    private static Model? Blocks(Model model, ulong seed)
    {
        var dice = new Dice(seed);
        string[] scopes = [.. ResidualUnits.Find(model.Graph).Units.Where(_ => dice.Chance(0.7)).Select(unit => unit.Scope)];
        return scopes.Length == 0 ? null : model.Prune(new BlockPruning { Scopes = ValueList.From(scopes), AllowEmptyStages = true }).Model;
    }

    /// <summary>Half the squared length of the output is the loss, so the output is its gradient.</summary>
    private static void TakeStep(Model model, WorkerPool pool, string what)
    {
        TrainingPlan plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = Batch }, pool);
        Optimizer optimizer = new SgdOptions().Create(plan.Parameters);
        Tensor images = CounterFill.Input(plan.InputShape.Prepend(Batch));
        float[] result = plan.Forward(images, 0).ToArray();
        plan.Backward(result);
        optimizer.Step(LearningRate, pool);
        plan.ParametersChanged();
        float[] again = plan.Forward(images, 0).ToArray();

        Assert.True(result.Concat(again).All(float.IsFinite), $"{what}: the result is not finite\n{model.Graph}");
        foreach (TrainingParameter parameter in plan.Parameters)
        {
            float[] values = parameter.Value.ToArray();
            Assert.True(values.All(float.IsFinite), $"{what}: {parameter.Name} is not finite\n{model.Graph}");
            float[] mask = parameter.Mask?.Read<float>().ToArray() ?? [];
            Assert.True(mask.Zip(values).All(pair => pair.First != 0 || pair.Second == 0), $"{what}: {parameter.Name} has weights where its mask has none");
        }

        Assert.True(plan.Parameters.Any(parameter => parameter.HasGradient), $"{what}: nothing was learnt");
    }
}
