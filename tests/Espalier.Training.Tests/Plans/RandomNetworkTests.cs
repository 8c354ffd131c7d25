using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

public class RandomNetworkTests
{
    private const int Seeds = 40;

    // Rounding in float32 through up to twenty layers and norms over few pixels; single kernels are held to 2e-5 in OpTests.
    private const double Tolerance = 5e-4;

    [Theory]
    [MemberData(nameof(SeedsAndSets))]
    public void The_plan_agrees_with_the_reference_in_double(ulong seed, string instructionSet)
    {
        Model model = RandomGraphs.CreateModel(seed);
        var options = new TrainingPlanOptions { InstructionSet = InstructionSet.Choose(instructionSet), Seed = seed };
        PlanCheck.Of(model, 5, options).AssertClose(Tolerance, $"seed {seed}, {instructionSet}\n{model.Graph}");
    }

    [Theory]
    [MemberData(nameof(FrozenSeeds))]
    public void Whatever_is_frozen_and_computed_again_the_rest_agrees_with_the_reference(ulong seed)
    {
        CounterRandom random = new CounterRandom(seed).Stream("frozen");
        Model model = RandomGraphs.CreateModel(seed);
        Node[] owners = [.. model.Graph.Nodes.Where(node => node.Parameters.Count > 0)];
        HashSet<string> tied = [.. owners.SelectMany(node => node.Parameters).GroupBy(name => name).Where(name => name.Count() > 1).Select(name => name.Key)];
        ValueList<string> frozen = ValueList.From(owners
            .Where((node, i) => random.Uniform((ulong)i) < 0.2 && !node.Parameters.Any(tied.Contains)) // one of two owners would be frozen
            .Select(node => node.Name));
        IEnumerable<string> still = model.Parameters.Keys.Where(name => random.Stream(name).Uniform(0) < 0.25);
        model = model.With(model.Parameters.With(still.Select(name => KeyValuePair.Create(name, model.Parameters[name] with { Trainable = false }))));

        var options = new TrainingPlanOptions { Seed = seed, Frozen = frozen, Recompute = seed % 2 == 0 };
        PlanCheck.Of(model, 5, options).AssertClose(Tolerance, $"seed {seed}, frozen {frozen}\n{model.Graph}");
    }

    public static TheoryData<ulong> FrozenSeeds() => [.. Enumerable.Range(1, Seeds).Select(seed => (ulong)seed)];

    public static TheoryData<ulong, string> SeedsAndSets() =>
        [.. from seed in Enumerable.Range(1, Seeds) from set in InstructionSet.All where set.IsSupported select ((ulong)seed, set.Name)];
}
