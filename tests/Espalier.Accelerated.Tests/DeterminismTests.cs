using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Accelerated.Tests;

/// <summary>Outputs have the same bits in every run, and a sample's do not depend on the batch that it is in.</summary>
public sealed class DeterminismTests
{
    private const int Samples = 3;

    [Fact]
    public void Runs_repeat_bit_for_bit_and_samples_do_not_depend_on_their_batch()
    {
        using var runtime = new AcceleratedRuntime(AcceleratorDevice.Emulated);
        Graph graph = Network();
        using IRunnable runnable = runtime.Prepare(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None));
        Shape sample = graph.ShapeOf(graph.Input.Name);
        Tensor batch = CounterFill.Input(sample.Prepend(Samples));
        float[] first = runnable.RunAll(batch)[0].Read<float>().ToArray();
        Assert.Contains(first, value => value != 0);
        Assert.Equal(Bits(first), Bits(runnable.RunAll(batch)[0].Read<float>()));
        for (int i = 0; i < Samples; i++)
        {
            Tensor single = Tensor.Zeros(sample.Prepend(1));
            batch.Read<float>().Slice(i * (int)sample.Count, (int)sample.Count).CopyTo(single.Write<float>());
            Assert.Equal(Bits(first.AsSpan(i * (first.Length / Samples), first.Length / Samples)), Bits(runnable.RunAll(single)[0].Read<float>()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_batch_has_the_same_bits_in_passes_of_any_size(int atOnce)
    {
        using var emulated = new Emulated();
        Graph graph = Network();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Tensor batch = CounterFill.Input(graph.ShapeOf(graph.Input.Name).Prepend(5));
        using var parameters = new DeviceParameters(emulated.Device, model);
        using var whole = new AcceleratedPlan(emulated.Device, model, parameters);
        using var small = new AcceleratedPlan(emulated.Device, model, parameters, atOnce * sizeof(float) * whole.Length);
        float[] expected = whole.Run(batch)[0].Read<float>().ToArray();

        Assert.Equal(Bits(expected), Bits(small.Run(batch)[0].Read<float>()));
        Assert.Equal(Bits(expected), Bits(small.Run(batch)[0].Read<float>())); // with the memory of the run before
        Assert.Equal(atOnce, small.Capacity);
    }

    private static Graph Network()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 9, 7).Conv2d("conv1", 6, 3, padding: 1).Relu("relu1").MaxPool("pool", 3, 2, 1);
        x = x.Conv2d("conv2", 6, 3, padding: 1, groups: 6, bias: true).Add("sum", x).Relu("relu2");
        return net.Build(x.GlobalAveragePool("mean").Flatten("flatten").Linear("fc", 5));
    }

    private static int[] Bits(ReadOnlySpan<float> values)
    {
        int[] bits = new int[values.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        }

        return bits;
    }
}
