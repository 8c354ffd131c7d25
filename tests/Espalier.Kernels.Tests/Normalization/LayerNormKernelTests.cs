using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class LayerNormKernelTests
{
    private const float Eps = 1e-6f;

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Layer_norm_agrees_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            Check(map.Name, map, lanes, mean: 0, tolerance: 5e-6);
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_mean_a_thousand_times_the_deviation_costs_no_digits(int lanes) =>
        Check("large mean", new MapCase("large mean", 2, 96, 5, 7, default, default), lanes, mean: 2000, tolerance: 5e-6);

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Its_gradients_agree_with_the_reference_for_any_number_of_parts(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout from = map.InputLayout(lanes), to = map.OutputLayout(lanes);
            float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, -2, 3);
            float[] gradient = Maps.Random(plain.Length, map.Seed + 3);
            float[] weight = Maps.Random(map.Channels, map.Seed + 1, 0.5, 2);
            (double[] dx, double[] dw, double[] db) = (new double[plain.Length], new double[map.Channels], new double[map.Channels]);
            Reference.LayerNormGradient<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), Maps.Doubles(weight), Eps, Maps.Doubles(gradient), dx, dw, db);
            GuardedBuffer x = Maps.Block(plain, from, map.Batch), dy = Maps.Block(gradient, to, map.Batch);
            float[] gamma = Maps.PerChannel(weight, from);
            float[] sums = new float[ChannelSums.WorkspaceLength(from, map.Batch)];
            double rms = Math.Max(1e-30, Math.Sqrt(dx.Average(value => value * value)));
            KernelCheck.Maps(map.Name, from, map.Batch, dx, 2e-6 * LargestTerm(plain, gradient, weight, map) / rms, [x, dy], (target, part, parts) =>
                LayerNormGradient.Propagate(x.Span, from, gamma, Eps, dy.Span, to, target, from, false, sums, map.Batch, part, parts));

            foreach (int parts in new[] { 1, 3 })
            {
                float[] weightGradient = new float[map.Channels], biasGradient = new float[map.Channels];
                for (int part = 0; part < parts; part++)
                {
                    LayerNormGradient.Propagate(x.Span, from, gamma, Eps, dy.Span, to, [], from, false, sums, map.Batch, part, parts);
                }

                for (int part = 0; part < parts; part++)
                {
                    ChannelSums.Reduce(sums, from, weightGradient, biasGradient, false, map.Batch, part, parts);
                }

                Close(dw, weightGradient, $"{map.Name}: weights");
                Close(db, biasGradient, $"{map.Name}: biases");
            }
        }
    }

    /// <summary>The largest γ·dy/σ. The gradient is a difference of such terms, which nearly cancel in pixels of few channels, so that its error is one of theirs.</summary>
    private static double LargestTerm(float[] x, float[] gradient, float[] weight, MapCase map)
    {
        int pixels = x.Length / map.Batch / map.Channels;
        double largest = 0;
        for (int image = 0; image < map.Batch; image++)
        {
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                int[] places = [.. Enumerable.Range(0, map.Channels).Select(channel => (((image * map.Channels) + channel) * pixels) + pixel)];
                double mean = places.Average(place => (double)x[place]);
                double deviation = Math.Sqrt(places.Average(place => Math.Pow(x[place] - mean, 2)) + Eps);
                largest = Math.Max(largest, Enumerable.Range(0, map.Channels).Max(channel => Math.Abs(weight[channel] * gradient[places[channel]])) / deviation);
            }
        }

        return largest;
    }

    private static void Close(double[] expected, float[] actual, string what)
    {
        double greatest = Math.Max(1, expected.Max(Math.Abs));
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5 * greatest, $"{what}: {pair.Second}, expected {pair.First}"));
    }

    private static void Check(string what, MapCase map, int lanes, double mean, double tolerance)
    {
        (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
        float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, mean - 2, mean + 2);
        float[] weight = Maps.Random(map.Channels, map.Seed + 1, 0.5, 2);
        float[] bias = Maps.Random(map.Channels, map.Seed + 2);
        var leaky = new Activation(ActivationKind.LeakyRelu, 0.5f);
        var expected = new double[plain.Length];
        Reference.LayerNorm<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), Maps.Doubles(weight), Maps.Doubles(bias), Eps, expected);
        Reference.Activate<double>(expected, leaky, expected);
        GuardedBuffer input = Maps.Block(plain, from, map.Batch);
        (float[] gamma, float[] beta) = (Maps.PerChannel(weight, from), Maps.PerChannel(bias, from));
        KernelCheck.Maps(what, to, map.Batch, expected, tolerance, [input], (output, part, parts) =>
            LayerNormKernel.Run(input.Span, from, gamma, beta, Eps, leaky, output, to, map.Batch, part, parts));
        KernelCheck.InPlace(what, from, map.Batch, expected, tolerance, input, (output, part, parts) =>
            LayerNormKernel.Run(output, from, gamma, beta, Eps, leaky, output, from, map.Batch, part, parts));
    }
}
