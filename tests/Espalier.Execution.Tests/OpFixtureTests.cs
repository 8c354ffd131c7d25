using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests;

/// <summary>Every op, run as a graph of its own by the reference executor, against PyTorch's float64 answer (tests/oracle/make_ops.py).</summary>
public class OpFixtureTests
{
    private const double Tolerance = 1e-12; // both sides compute in double; sums are in another order

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_reference_executor_gives_PyTorchs_answer(string name)
    {
        OpFixture fixture = OpFixture.All[name];
        (Graph graph, Parameters parameters) = fixture.ToModel();
        Dictionary<string, double[]> inputs = fixture.Inputs.Select((tensor, i) => KeyValuePair.Create($"input{i}", tensor.To(ElementType.Float64).Read<double>().ToArray())).ToDictionary();

        double[] result = ReferenceExecutor.RunAll(graph, parameters, inputs, fixture.Batch)[graph.Outputs[0]];

        Assert.Equal(fixture.OutputShape, graph.ShapeOf(graph.Outputs[0]).Prepend(fixture.Batch));
        OpFixture.AssertClose(fixture.Output, result, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Differentiated))]
    public void The_reference_gradients_are_PyTorchs(string name)
    {
        OpFixture fixture = OpFixture.All[name];
        (Graph graph, Parameters parameters) = fixture.ToModel();
        Dictionary<string, double[]> inputs = fixture.Inputs.Select((tensor, i) => KeyValuePair.Create($"input{i}", tensor.To(ElementType.Float64).Read<double>().ToArray())).ToDictionary();
        var pass = new ReferenceTraining<double>(graph, ReferenceExecutor.ValuesOf<double>(parameters), inputs, fixture.Batch, new TrainingDraws(1, 0));

        pass.Backward(fixture.OutputGradient);

        foreach ((string argument, double[] expected) in fixture.Gradients.Where(each => graph.Parameters.FirstOrDefault(parameter => parameter.Key == each.Name).Value is not { IsBuffer: true }))
        {
            OpFixture.AssertClose(expected, (inputs.ContainsKey(argument) ? pass.Gradients : pass.ParameterGradients)[argument], Tolerance);
        }
    }

    [Fact]
    public void Every_kind_of_op_has_a_fixture_or_is_known_to_have_none()
    {
        string[] withoutNumbers = ["input", "dropout", "stochastic_depth", "flatten", "pad_channels"];
        IEnumerable<string> covered = OpFixture.All.Values.Select(fixture => fixture.ToModel().Graph.Nodes[^1].Op.Kind).Concat(withoutNumbers);

        Assert.Empty(AllOps.Samples.Select(sample => sample.Op.Kind).Except(covered));
    }

    public static TheoryData<string> Differentiated() => [.. OpFixture.All.Where(fixture => fixture.Value.OutputGradient is not null).Select(fixture => fixture.Key)];

    public static TheoryData<string> Cases() => [.. OpFixture.All.Where(fixture => !fixture.Value.IsOfTraining).Select(fixture => fixture.Key)];
}
