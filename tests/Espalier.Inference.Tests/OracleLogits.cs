using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>A network of the oracle on parameters and input of the formula, beside PyTorch's logits (tests/oracle/make_zoo.py).</summary>
/// <param name="Name">The network's name there.</param>
/// <param name="Input">The shape of the input, with the batch.</param>
/// <param name="NormGain">What the weights of norms are multiplied by.</param>
internal sealed record OracleLogits(string Name, string Input, float NormGain)
{
    /// <summary>All of them.</summary>
    internal static IEnumerable<OracleLogits> All => Table.Rows(OracleFiles.Path("zoo/models.tsv")).Select(row => new OracleLogits(row[0], row[1], float.Parse(row[2])));

    /// <summary>The greatest difference of the CPU runtime's logits to PyTorch's, relative to the greatest of those.</summary>
    internal double Difference()
    {
        Shape batch = OracleNetworks.Shape(Input);
        NetworkDefinition definition = OracleNetworks.Create(Name, batch.WithoutFirst());
        using var predictor = new Predictor(definition.With(Parameters(definition.Graph)));

        Tensor logits = Joined(predictor.RunAll(CounterFill.Input(batch)));

        Tensor expected = NumpyFile.Read(OracleFiles.Path($"zoo/{Name}.npy"));
        Assert.Equal(expected.Shape, logits.Shape);
        return Testing.Difference.Relative(expected, logits);
    }

    // One output after the other, as the oracle has those of auxiliary heads for its one image.
    private static Tensor Joined(IReadOnlyList<Tensor> outputs)
    {
        if (outputs.Count == 1)
        {
            return outputs[0];
        }

        Assert.All(outputs, output => Assert.Equal(1, output.Shape[0]));
        float[] values = [.. outputs.SelectMany(output => output.Read<float>().ToArray())];
        return Tensor.From<float>([1, values.Length], values);
    }

    // The weight of every norm times the gain, in float, as the oracle does it.
    private Parameters Parameters(Graph graph)
    {
        HashSet<string> norms = [.. graph.Nodes.Where(node => node.Op is BatchNorm or GroupNorm or LayerNorm).Select(node => node.Parameter("weight"))];
        return Graphs.Parameters.From(RandomGraphs.ParametersFor(graph).Select(parameter =>
            norms.Contains(parameter.Key) ? KeyValuePair.Create(parameter.Key, Scaled(parameter.Value)) : parameter));
    }

    private Parameter Scaled(Parameter parameter)
    {
        Tensor scaled = parameter.Value.Copy();
        foreach (ref float number in scaled.Write<float>())
        {
            number *= NormGain;
        }

        return parameter with { Value = scaled };
    }
}
