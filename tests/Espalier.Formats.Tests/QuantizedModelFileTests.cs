using Espalier.Graphs;

namespace Espalier.Formats.Tests;

/// <summary>Quantized models in files: integers stay integers.</summary>
public sealed class QuantizedModelFileTests
{
    private static readonly Model Quantized = Make();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integers_scales_zero_points_and_masks_come_back_bit_for_bit(bool compact)
    {
        Model read = ModelFile.Read(Write(Quantized, compact), "memory");
        Assert.Equal(Quantized.Graph, read.Graph);
        foreach ((string name, Parameter parameter) in Quantized.Parameters)
        {
            Assert.True((compact ? parameter.Effective : parameter.Value).BitEquals(read.Parameters[name].Value), name); // a compact file has no masked weights
            Assert.Equal(parameter.Mask is null, read.Parameters[name].Mask is null);
            Assert.Equal(parameter.Trainable, read.Parameters[name].Trainable);
        }

        Tensor effective = read.Parameters["fc.weight"].Effective;
        Assert.Equal(ElementType.Int8, effective.Type);
        Assert.Equal([1, 0, 3, -127, 5, 0], effective.Read<sbyte>().ToArray());
        Assert.Equal(4, read.Parameters["fc.weight"].NonZeros);
        Assert.Equal([0.5f, 0, 1.5f, -127 * 0.25f, 1.25f, 0], read.Value(read.Graph["fc"], "weight").Read<float>().ToArray());
    }

    [Fact]
    public void Zeros_take_a_bit_in_compact_files()
    {
        const int Inputs = 640, Outputs = 100;
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([Inputs]).Quantize("q").Then("fc", new Linear(Inputs, Outputs) { QuantizedWeights = true }));
        sbyte[] weights = [.. Enumerable.Range(0, Inputs * Outputs).Select(i => (sbyte)(i / 4 % 5 == 0 ? (i % 254) - 126 : 0))];
        Model model = new(graph, Quantized.Parameters.With(
        [
            KeyValuePair.Create("fc.weight", new Parameter(Tensor.From<sbyte>([Outputs, Inputs], weights))),
            KeyValuePair.Create("fc.bias", new Parameter(Tensor.Zeros([Outputs]))),
            KeyValuePair.Create("fc.weight_scale", new Parameter(Tensor.From<float>([Outputs], [.. Enumerable.Repeat(0.5f, Outputs)]))),
        ]), ModelMetadata.None);
        (byte[] compact, byte[] full) = (Write(model, compact: true), Write(model, compact: false));
        Assert.InRange(full.Length - compact.Length, 0.67 * weights.Length, 0.68 * weights.Length); // 1 bit each, and a byte of every fifth
        Model read = ModelFile.Read(compact, "memory");
        Assert.True(model.Parameters["fc.weight"].Value.BitEquals(read.Parameters["fc.weight"].Value));
        Assert.Equal(compact, Write(read, compact: true));
    }

    [Fact]
    public void A_state_dict_of_floats_loads_as_weights_that_are_rounded_when_they_are_used_and_integers_do_not_become_floats()
    {
        var definition = new NetworkDefinition(Quantized.Graph, ModelMetadata.None);
        StateDict integers = Quantized.ToStateDict();
        Assert.Equal(ElementType.Int8, definition.Load(integers).Parameters["fc.weight"].Value.Type);
        var floats = new StateDict(integers.Select(pair => pair.Key == "fc.weight" ? KeyValuePair.Create(pair.Key, Quantized.Value(Quantized.Graph["fc"], "weight")) : pair));
        Model loaded = definition.Load(floats);
        Assert.Equal(ElementType.Float32, loaded.Parameters["fc.weight"].Value.Type);
        Assert.Equal(QuantizedLayer.Integers(Quantized, Quantized.Graph["fc"]), QuantizedLayer.Integers(loaded, loaded.Graph["fc"]));

        var net = new GraphBuilder();
        Graph plain = net.Build(net.Input([3]).Linear("fc", 2));
        var given = new StateDict([KeyValuePair.Create("fc.weight", integers["fc.weight"]), KeyValuePair.Create("fc.bias", integers["fc.bias"])]);
        Assert.Throws<StateDictMismatchException>(() => new NetworkDefinition(plain, ModelMetadata.None).Load(given));
    }

    [Fact]
    public void A_summary_has_bytes_and_bits_for_each_parameter()
    {
        var summary = new NetworkSummary(Quantized);
        Assert.Equal(4 + 6 + 8 + 8, summary.ParameterBytes); // q.scale, fc.weight, fc.bias, fc.weight_scale
        Assert.Equal(8 * 26 / 11.0, summary.BitsPerParameter);
        Assert.Null(new NetworkSummary(Quantized.Graph).ParameterBytes);
    }

    private static Model Make()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([3]).Quantize("q").Then("fc", new Linear(3, 2) { QuantizedWeights = true }));
        return new Model(graph, Parameters.From(
        [
            KeyValuePair.Create("q.scale", new Parameter(Tensor.From([1], 0.1f))),
            KeyValuePair.Create("q.zero_point", new Parameter(Tensor.From<byte>([1], [200])) { Trainable = false }),
            KeyValuePair.Create("fc.weight", new Parameter(Tensor.From<sbyte>([2, 3], [1, 2, 3, -127, 5, 6])) { Mask = Tensor.From([2, 3], 1, 0, 1, 1, 1, 0) }),
            KeyValuePair.Create("fc.bias", new Parameter(Tensor.From([2], 1, 2))),
            KeyValuePair.Create("fc.weight_scale", new Parameter(Tensor.From([2], 0.5f, 0.25f))),
        ]), ModelMetadata.None);
    }

    private static byte[] Write(Model model, bool compact)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model, new ModelFileOptions { Compact = compact });
        return stream.ToArray();
    }
}
