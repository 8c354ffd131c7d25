using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Every op, alone, against ONNX Runtime.</summary>
public sealed class OpExportTests
{
    private const int Batch = 3;
    private const int SeedsInFull = 40;
    private const int Seeds = 4;
    private const double Rounding = 2e-6; // some float roundings

    public static TheoryData<int, int> Samples => [.. from opset in new[] { 13, 17, 22 } from i in Enumerable.Range(0, AllOps.Samples.Count) select (opset, i)];

    public static TheoryData<string> Types => [.. AllOps.Types.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_op_computes_the_same_in_ONNX_Runtime(int opset, int index) => Check(AllOps.Samples[index], opset);

    [Theory]
    [MemberData(nameof(Types))]
    public void Random_ops_compute_the_same_in_ONNX_Runtime(string name)
    {
        Type type = AllOps.Types.Single(type => type.Name == name);
        for (int seed = 0; seed < (FullRun.IsOn ? SeedsInFull : Seeds); seed++)
        {
            OpSample sample = RandomOps.Create(type, (ulong)seed);
            if (sample.Op is not LayerNorm { Channels: <= 3 }) // two or three neighbouring numbers minus their mean: what is left may be a few roundings
            {
                Check(sample, OnnxWriteOptions.OldestOpset + (seed % 10));
            }
        }
    }

    /// <summary>All windows of a size: ceil mode with windows left out along one axis, both or none.</summary>
    [Fact]
    public void Every_way_of_rounding_a_pool_up_computes_the_same_in_ONNX_Runtime()
    {
        var net = new GraphBuilder();
        Value input = net.Input(2, 8, 9);
        List<Value> pools = [];
        foreach ((int height, int width, int stride, int padding, bool counted) in
            from height in new[] { 1, 2, 3, 4 }
            from width in new[] { 2, 3, 5 }
            from stride in new[] { 2, 3, 4, 5 }
            from padding in new[] { 0, 1 }
            from counted in new[] { true, false }
            select (height, width, stride, padding, counted))
        {
            Padding sides = (Math.Min(padding, height / 2), Math.Min(padding, width / 2));
            pools.Add(input.AveragePool($"mean{pools.Count}", (height, width), (stride, stride - 1), sides, true, counted));
            pools.Add(input.MaxPool($"max{pools.Count}", (height, width), (stride - 1, stride), sides, 1, true));
        }

        Graph graph = net.Build([.. pools]);
        ExportCheck.Reference(new Model(graph, Graphs.Parameters.Empty, ModelMetadata.None), new OnnxWriteOptions(), Batch, Rounding);
    }

    /// <summary>ONNX Runtime joins a border and the pool behind it, also where that is not the same.</summary>
    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(22)]
    public void A_border_of_zeros_before_a_pool_is_zeros_in_ONNX_Runtime(int opset)
    {
        var net = new GraphBuilder();
        Value input = net.Input(2, 8, 9);
        Value below = input.Conv2d("below", 2, 1, bias: true); // some maps negative everywhere
        Graph graph = net.Build(
            below.Pad("pad0", 1, PaddingMode.Zero).MaxPool("max", 3, 2),
            below.Pad("pad1", 1).MaxPool("max_inside", 3, 2, padding: 1),
            below.Pad("pad2", 1, PaddingMode.Zero).Dropout("dropout", 0.5).MaxPool("max_dropped", 3, 1),
            below.Pad("pad3", 1, PaddingMode.Zero).AdaptiveMaxPool("parts", (2, 11)),
            below.Pad("pad4", 1, PaddingMode.Zero).AveragePool("mean", 3, 2),
            below.Pad("pad5", 1, PaddingMode.Zero).AveragePool("mean_inside", 3, 2, padding: 1, countIncludePad: false),
            below.Pad("pad6", 1, PaddingMode.Zero).AveragePool("mean_ceiling", 3, 4, ceilMode: true, countIncludePad: false),
            below.Pad("pad7", 1, PaddingMode.Zero).Conv2d("conv", 3, 3, padding: 1));
        Graphs.Parameters parameters = RandomGraphs.ParametersFor(graph);
        foreach (float bias in new[] { -20f, 0f })
        {
            Graphs.Parameters shifted = parameters.With("below.bias", new Parameter(Tensor.From<float>([2], [bias, -bias]))).With("pad1.value", new Parameter(Tensor.Zeros([2])));
            ExportCheck.Reference(new Model(graph, shifted, ModelMetadata.None), new OnnxWriteOptions { Opset = opset }, Batch, Rounding);
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(2.5f)]
    public void A_border_of_one_value_is_a_pad_of_that_value(float value)
    {
        Model model = Bordered(value, value, value);
        Tensor input = CounterFill.Input([2, 3, 4, 5]);
        float[] expected = ReferenceRuntime.Instance.Run(model, input).Read<float>().ToArray();
        Assert.Equal(expected, ExportCheck.Run(model, new OnnxWriteOptions(), input)[0].Read<float>().ToArray());
        Assert.Equal(4 * 5, expected.Take(6 * 7).Count(found => found != value));
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 1, 1)]
    [InlineData(1, float.NaN, 1)]
    public void A_border_that_no_sum_can_make_is_refused(float first, float second, float third)
    {
        using var stream = new MemoryStream();
        Assert.Contains("'pad' pads a channel with", Assert.Throws<EspalierException>(() => OnnxWriter.Write(Bordered(first, second, third), stream)).Message, StringComparison.Ordinal);
    }

    private static Model Bordered(params float[] values)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 4, 5).Pad("pad", 1));
        return new Model(graph, Graphs.Parameters.From([KeyValuePair.Create("pad.value", new Parameter(Tensor.From<float>([3], values)))]), ModelMetadata.None);
    }

    private static void Check(OpSample sample, int opset)
    {
        Graph graph = sample.ToGraph();
        ExportCheck.Reference(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new OnnxWriteOptions { Opset = opset }, Batch, Rounding);
    }
}
