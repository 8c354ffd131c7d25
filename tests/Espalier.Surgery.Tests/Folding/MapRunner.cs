using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Runs linear maps with the reference executor in double, as a pad op and a convolution without padding.</summary>
internal static class MapRunner
{
    /// <summary>A map of random weights, biases and, where it is padded and <paramref name="border"/> is set, border values.</summary>
    internal static LinearMap Random(string stream, int inChannels, int outChannels, Size kernel, int groups = 1, bool bias = true, Padding padding = default, Size? stride = null, Size? dilation = null, bool border = false) =>
        new(inChannels, outChannels, kernel, Numbers(stream + ".w", outChannels * (inChannels / groups) * kernel.Area), groups)
        {
            Bias = bias ? Numbers(stream + ".b", outChannels) : new double[outChannels],
            Padding = padding,
            Stride = stride ?? 1,
            Dilation = dilation ?? 1,
            Border = border ? Numbers(stream + ".border", inChannels) : null,
        };

    /// <summary>The map's output for one sample.</summary>
    internal static double[] Run(LinearMap map, double[] sample, int height, int width)
    {
        var net = new GraphBuilder();
        Value x = net.Input(map.InChannels, height, width).Pad("pad", map.Padding)
            .Conv2d("conv", map.OutChannels, map.Kernel, map.Stride, dilation: map.Dilation, groups: map.Groups, bias: true);
        Graph graph = net.Build(x);
        Parameters parameters = Parameters.From(
        [
            KeyValuePair.Create("pad.value", Double(map.Border ?? new double[map.InChannels], [map.InChannels])),
            KeyValuePair.Create("conv.weight", Double(map.Weight, graph["conv"].Op.Parameters[0].Shape)),
            KeyValuePair.Create("conv.bias", Double(map.Bias, [map.OutChannels])),
        ]);
        return ReferenceExecutor.RunAll(graph, parameters, new Dictionary<string, double[]> { ["input"] = sample }, 1)[x.Name].ToArray();
    }

    /// <summary>The size of the map's output.</summary>
    internal static Size SizeOf(LinearMap map, int height, int width) => (
        ((height + map.Padding.Vertical - (map.Dilation.Height * (map.Kernel.Height - 1)) - 1) / map.Stride.Height) + 1,
        ((width + map.Padding.Horizontal - (map.Dilation.Width * (map.Kernel.Width - 1)) - 1) / map.Stride.Width) + 1);

    internal static double[] Numbers(string stream, int count) =>
        CounterFill.Stream(stream, [count], -1, 2).To(ElementType.Float64).Read<double>().ToArray();

    /// <summary>The sum of squared differences.</summary>
    internal static double SquaredDifference(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual, (a, b) => (a - b) * (a - b)).Sum();
    }

    internal static LinearMap Merged(MergeResult result)
    {
        Assert.True(result.IsMerged(out LinearMap? map, out MergeRefusal? refusal), refusal?.ToString());
        return map;
    }

    internal static void AssertRefused(MergeResult result, MergeRule rule, string part)
    {
        Assert.False(result.IsMerged(out _, out MergeRefusal? refusal));
        Assert.Equal(rule, refusal.Rule);
        Assert.Contains(part, refusal.Reason, StringComparison.Ordinal);
    }

    private static Parameter Double(double[] values, Shape shape) => new(Tensor.From<double>(shape, values));
}
