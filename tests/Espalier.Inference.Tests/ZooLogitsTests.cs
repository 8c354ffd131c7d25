using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Every network of the zoo at full size against PyTorch's logits (tests/oracle/make_zoo.py).</summary>
public class ZooLogitsTests
{
    private const double Tolerance = 1e-4; // of the largest logit

    [Theory]
    [MemberData(nameof(Networks))]
    public void Logits_are_PyTorchs(string name, string input, string normGain)
    {
        Shape batch = OracleNetworks.Shape(input);
        NetworkDefinition definition = OracleNetworks.Create(name, batch.WithoutFirst());
        using var predictor = new Predictor(definition.With(Parameters(definition.Graph, float.Parse(normGain))));

        Tensor logits = predictor.Run(CounterFill.Input(batch));

        Tensor expected = NumpyFile.Read(OracleFiles.Path($"zoo/{name}.npy"));
        Assert.Equal(expected.Shape, logits.Shape);
        Assert.InRange(Difference.Relative(expected, logits), 0, Tolerance);
    }

    public static TheoryData<string, string, string> Networks() => [.. Table.Rows(OracleFiles.Path("zoo/models.tsv")).Select(row => (row[0], row[1], row[2]))];

    // The weight of every norm times the gain, in float, as the oracle does it.
    private static Parameters Parameters(Graph graph, float normGain)
    {
        HashSet<string> norms = [.. graph.Nodes.Where(node => node.Op is BatchNorm or GroupNorm).Select(node => node.Parameter("weight"))];
        return Graphs.Parameters.From(RandomGraphs.ParametersFor(graph).Select(parameter =>
            norms.Contains(parameter.Key) ? KeyValuePair.Create(parameter.Key, Scaled(parameter.Value, normGain)) : parameter));
    }

    private static Parameter Scaled(Parameter parameter, float gain)
    {
        Tensor scaled = parameter.Value.Copy();
        foreach (ref float number in scaled.Write<float>())
        {
            number *= gain;
        }

        return parameter with { Value = scaled };
    }
}
