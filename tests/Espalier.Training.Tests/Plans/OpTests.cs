using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Every op in a small network, in the plan's float32 kernels against the reference in double.</summary>
public class OpTests
{
    private const int Seeds = 10;
    private const double Tolerance = 2e-5;

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_is_differentiated_as_the_reference_does(string op, string instructionSet)
    {
        Type type = AllOps.Types.Single(type => type.Name == op);
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            OpSample sample = RandomOps.Create(type, seed);
            Graph graph = sample.ToSurroundedGraph();
            var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
            var options = new TrainingPlanOptions { InstructionSet = InstructionSet.Choose(instructionSet), Seed = seed };
            PlanCheck.Of(model, 3, options).AssertClose(Tolerance, $"{sample}, seed {seed}, {instructionSet}\n{graph}");
        }
    }

    public static TheoryData<string, string> Ops() =>
        [.. from type in AllOps.Types where type != typeof(Input) from set in InstructionSet.All where set.IsSupported select (type.Name, set.Name)];
}
