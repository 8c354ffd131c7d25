using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated.Tests;

/// <summary>Ops that move pixels or compute windows of them, alone and on awkward numbers: forward, and backward with gradients that are stored and that are added.</summary>
public sealed class WindowTests(Emulated emulated) : IClassFixture<Emulated>
{
    private const int Samples = 2;
    private const int RandomForms = 6;

    public static TheoryData<string> Ops =>
    [
        nameof(ChannelSlice), nameof(PadChannels), nameof(ChannelShuffle), nameof(Concat), nameof(Flatten), nameof(MaxPool), nameof(AveragePool), nameof(AdaptiveAveragePool), nameof(AdaptiveMaxPool),
        nameof(BlurPool), nameof(Pad),
    ];

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_and_its_gradient_are_the_naive_ones(string op)
    {
        foreach (OpSample sample in SamplesOf(op))
        {
            Check(sample, (random, i) => (float)(random.Uniform(i) - 0.5), adds: false);
            Check(sample, (random, i) => (float)(random.Uniform(i) - 0.5), adds: true);
        }
    }

    // The first of the greatest pixels has the gradient; NaN is the greatest.
    [Theory]
    [InlineData(nameof(MaxPool))]
    [InlineData(nameof(AdaptiveMaxPool))]
    public void The_greatest_pixel_is_the_naive_one_where_pixels_are_equal_or_no_numbers(string op)
    {
        float[] numbers = [-1, 0, 1, 1, float.NaN, float.NegativeInfinity, -1, 0];
        foreach (OpSample sample in SamplesOf(op))
        {
            Check(sample, (random, i) => numbers[(int)(random.Uniform(i) * numbers.Length)], adds: false);
        }
    }

    private static IEnumerable<OpSample> SamplesOf(string op)
    {
        Type type = AllOps.Types.Single(type => type.Name == op);
        return AllOps.Samples.Where(sample => sample.Op.GetType() == type).Concat(Enumerable.Range(1, RandomForms).Select(seed => RandomOps.Create(type, (ulong)seed)));
    }

    private void Check(OpSample sample, Func<CounterRandom, ulong, float> number, bool adds)
    {
        Graph graph = sample.ToGraph();
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Node node = graph.Nodes[^1];
        Dictionary<string, float[]> inputs = node.Inputs.ToDictionary(name => name, name => Numbers(name, graph.ShapeOf(name), number));
        float[] gradient = Numbers("gradient", sample.Output, (random, i) => (float)(random.Uniform(i) - 0.5));
        float before = adds ? 0.25f : 0;

        float[] output = new float[gradient.Length];
        var reference = new ReferenceCall<float>(graph, node, Samples, name => inputs[name], name => model.Parameters[name].Effective.Read<float>().ToArray());
        ReferenceOps.Run(reference, output);
        float[][] gradients = [.. node.Inputs.Select(name => Enumerable.Repeat(before, inputs[name].Length).ToArray())];
        ReferenceGradients.Run(reference, new ReferenceGradients.Operands<float>(output, gradient, input => gradients[input], _ => []));

        (float[] actual, float[][] actualGradients) = OnDevice(model, node, [.. node.Inputs.Select(name => inputs[name])], gradient, adds ? before : float.NaN, adds);
        Same(output, actual, $"{sample}: output");
        for (int i = 0; i < gradients.Length; i++)
        {
            Same(gradients[i], actualGradients[i], $"{sample}: gradient of input {i}");
        }
    }

    private (float[] Output, float[][] Gradients) OnDevice(Model model, Node node, float[][] inputs, float[] gradient, float before, bool adds)
    {
        Device device = emulated.Device;
        using var parameters = new DeviceParameters(device, model);
        using DeviceOp op = OpTable.Create(device, model.Graph, node);
        MemoryBuffer1D<float, Stride1D.Dense>[] memory = [.. inputs.Select(values => device.Upload<float>(values))];
        MemoryBuffer1D<float, Stride1D.Dense>[] targets = [.. inputs.Select(values => device.Upload<float>(Enumerable.Repeat(before, values.Length).ToArray()))];
        using MemoryBuffer1D<float, Stride1D.Dense> output = device.Allocate<float>(gradient.Length), outputGradient = device.Upload<float>(gradient);
        try
        {
            var call = new ForwardCall { Samples = Samples, Inputs = [.. memory.Select(View)], Output = output.View, Parameter = parameters.Of(node), Version = 0 };
            op.Forward(call);
            op.Backward(new BackwardCall
            {
                Forward = call,
                Gradient = outputGradient.View,
                InputGradients = [.. targets.Select(target => new GradientTarget(target.View, adds))],
                ParameterGradient = _ => default,
            });
            return (Read(output), [.. targets.Select(Read)]);
        }
        finally
        {
            Array.ForEach([.. memory, .. targets], each => each.Dispose());
        }
    }

    private float[] Read(MemoryBuffer1D<float, Stride1D.Dense> memory)
    {
        float[] values = new float[memory.Length];
        emulated.Device.Read<float>(memory.View, values);
        return values;
    }

    private static ArrayView<float> View(MemoryBuffer1D<float, Stride1D.Dense> memory) => memory.View;

    private static float[] Numbers(string stream, Shape shape, Func<CounterRandom, ulong, float> number)
    {
        CounterRandom random = new CounterRandom(3).Stream(stream);
        return [.. Enumerable.Range(0, Samples * (int)shape.Count).Select(i => number(random, (ulong)i))];
    }

    private static void Same(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool isSame = expected[i].Equals(actual[i]) || expected[i] == actual[i] || Math.Abs(expected[i] - actual[i]) <= 2e-6f * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(isSame, $"{what}, element {i}: {actual[i]}, expected {expected[i]}");
        }
    }
}
