using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>Statistics of a small residual network, as PyTorch computes them: <c>torch.histc</c>, <c>torch.linalg.vector_norm</c> and forward hooks. See tests/oracle/make_statistics.py.</summary>
public class StatisticsOracleTests
{
    private const int Images = 4;
    private const int Side = 32;
    private const double Tolerance = 1e-5; // of the greatest magnitude: PyTorch's values are in double

    private static readonly Model s_model = Create();

    [Fact]
    public void Weights_have_the_statistics_that_PyTorch_computes()
    {
        NetworkWeights found = s_model.MeasureWeights();
        string[][] rows = [.. Rows("weights.tsv")];

        Assert.Equal(rows.Select(row => row[0]), found.Layers.Select(layer => layer.Name));
        foreach ((string[] row, LayerWeights layer) in rows.Zip(found.Layers))
        {
            Assert.Equal(Number(row[1]), layer.Mean, 1e-12);
            Assert.Equal(Number(row[2]), layer.Deviation, 1e-12);
            Assert.Equal((Number(row[3]), Number(row[4]), Number(row[5])), (layer.Least, layer.Greatest, layer.Zeros));
            Assert.Equal((Number(row[6]), Number(row[7])), (layer.Histogram.Start, layer.Histogram.Width));
            Assert.Equal(row[8], string.Join(',', layer.Histogram.Counts));
            double[] norms = [.. row[9].Split(',').Select(Number)];
            Assert.Equal(norms.Length, layer.ChannelNorms.Length);
            Assert.All(norms.Zip(layer.ChannelNorms), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void Values_of_nodes_are_those_of_forward_hooks(string runtime)
    {
        NetworkActivations found = Measure(runtime);
        Dictionary<string, NodeActivations> nodes = found.Nodes.ToDictionary(node => node.Name);

        Assert.Equal(Images, found.Images);
        foreach (string[] row in Rows("activations.tsv"))
        {
            NodeActivations node = nodes[row[0]];
            double scale = Math.Max(Math.Abs(Number(row[3])), Math.Abs(Number(row[4])));
            Assert.Equal(Number(row[1]), node.Mean, Tolerance * scale);
            Assert.Equal(Number(row[2]), node.Deviation, Tolerance * scale);
            Assert.Equal(Number(row[3]), node.Least, Tolerance * scale);
            Assert.Equal(Number(row[4]), node.Greatest, Tolerance * scale);
            Assert.InRange(node.Zeros - Number(row[5]), -2, 2); // rounding can make a value of 1e-8 a zero of the ReLU
            Assert.Equal((Number(row[6]), Number(row[7])), (node.Histogram.Start, node.Histogram.Width));
            long[] counts = [.. row[8].Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
            Assert.Equal(counts.Length, node.Histogram.Counts.Length);
            Assert.InRange(counts.Zip(node.Histogram.Counts).Sum(pair => Math.Abs(pair.First - pair.Second)), 0, 8); // values at an edge
            Assert.Equal(counts.Sum(), node.Count);
        }
    }

    [Fact]
    public void Blocks_add_what_forward_hooks_of_branch_and_shortcut_say()
    {
        NetworkActivations found = Measure("cpu");
        string[][] rows = [.. Rows("blocks.tsv")];

        Assert.Equal(rows.Select(row => row[0]), found.Blocks.Select(block => block.Name));
        foreach ((string[] row, BlockActivations block) in rows.Zip(found.Blocks))
        {
            Assert.Equal(Number(row[1]), block.Ratio, 1e-5);
            Assert.Equal(Number(row[2]), block.Least, 1e-5);
            Assert.Equal(Number(row[3]), block.Greatest, 1e-5);
            Assert.Equal(Images, block.Images);
        }
    }

    private static NetworkActivations Measure(string runtime) => s_model.MeasureActivations(new Pictures(), new ActivationOptions { Runtime = Runtimes.Find(runtime) });

    private static Model Create()
    {
        NetworkDefinition network = Zoo.Create("cifar_resnet8");
        Parameters parameters = Parameters.From(network.Graph.Parameters.Select(parameter =>
            KeyValuePair.Create(parameter.Key, new Parameter(CounterFill.Parameter(parameter.Key, parameter.Value.Shape)))));
        return new Model(network.Graph, parameters, network.Metadata with { Preprocessing = new Preprocessing { Normalization = Normalization.Cifar10 } });
    }

    private static IEnumerable<string[]> Rows(string name) => Table.Rows(OracleFiles.Path(Path.Combine("statistics", name)));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Bytes of the formula, channel by channel.</summary>
    private sealed class Pictures : IDataset
    {
        public int Count => Images;

        public IReadOnlyList<string> Labels => [];

        public Shape? SampleShape => null;

        public int LabelOf(int index) => -1;

        public string NameOf(int index) => $"{index}";

        public void Read(int index, PixelBuffer pixels)
        {
            const int Plane = Side * Side;
            CounterRandom random = new CounterRandom(1).Stream("pixels");
            byte[] bytes = new byte[Image.Channels * Plane];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[(i % Plane * Image.Channels) + (i / Plane)] = (byte)(256 * random.Uniform((ulong)((index * bytes.Length) + i)));
            }

            pixels.Set(new Image(Side, Side, bytes));
        }
    }
}
