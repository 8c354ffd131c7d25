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

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Layers_with_quantized_weights_are_differentiated_as_the_reference_does(string instructionSet)
    {
        foreach (OpSample sample in AllOps.Samples.Where(sample => QuantizedLayer.Is(sample.Op)))
        {
            Graph graph = sample.ToSurroundedGraph();
            var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
            PlanCheck.Of(model, 3, new TrainingPlanOptions { InstructionSet = InstructionSet.Choose(instructionSet) }).AssertClose(Tolerance, $"{sample}, {instructionSet}");
        }
    }

    public static TheoryData<string> InstructionSets => [.. InstructionSet.All.Where(set => set.IsSupported).Select(set => set.Name)];

    public static TheoryData<string, string> Ops() =>
        [.. from type in AllOps.Types where type != typeof(Input) from set in InstructionSet.All where set.IsSupported select (type.Name, set.Name)];
}
