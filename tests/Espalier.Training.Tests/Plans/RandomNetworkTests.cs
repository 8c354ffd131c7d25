using Espalier.Graphs;
using Espalier.Kernels;
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
        new TrainingCheck(model, 5, options).AssertClose(Tolerance, $"seed {seed}, {instructionSet}\n{model.Graph}");
    }

    public static TheoryData<ulong, string> SeedsAndSets() =>
        [.. from seed in Enumerable.Range(1, Seeds) from set in InstructionSet.All where set.IsSupported select ((ulong)seed, set.Name)];
}
