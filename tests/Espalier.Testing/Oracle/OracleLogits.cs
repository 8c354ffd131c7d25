using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>A network of the oracle on parameters and input of the formula, with PyTorch's logits (tests/oracle/make_zoo.py).</summary>
/// <param name="Name">The network's name there.</param>
/// <param name="Batch">The shape of the input, with the batch.</param>
/// <param name="NormGain">What the weights of norms are multiplied by.</param>
public sealed record OracleLogits(string Name, Shape Batch, float NormGain)
{
    /// <summary>All of them.</summary>
    public static IEnumerable<OracleLogits> All => Table.Rows(OracleFiles.Path("zoo/models.tsv")).Select(row => new OracleLogits(row[0], OracleNetworks.Shape(row[1]), float.Parse(row[2])));

    /// <summary>The network with its parameters.</summary>
    public Model CreateModel()
    {
        NetworkDefinition definition = OracleNetworks.Create(Name, Batch.WithoutFirst());
        return definition.With(RandomGraphs.ParametersFor(definition.Graph, NormGain));
    }

    /// <summary>PyTorch's logits.</summary>
    public Tensor Read() => NumpyFile.Read(OracleFiles.Path($"zoo/{Name}.npy"));

    /// <summary>All outputs as one: those of auxiliary classifiers after those of the network, as the oracle has them for its one image.</summary>
    public static Tensor Joined(IReadOnlyList<Tensor> outputs)
    {
        if (outputs.Count == 1)
        {
            return outputs[0];
        }

        Assert.All(outputs, output => Assert.Equal(1, output.Shape[0]));
        float[] values = [.. outputs.SelectMany(output => output.Read<float>().ToArray())];
        return Tensor.From<float>([1, values.Length], values);
    }
}
