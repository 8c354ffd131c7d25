namespace Espalier.Kernels.Tests;

public sealed class LinearGradientTests
{
    private const double Tolerance = 1e-5; // of the gradient's rms

    private static readonly (int Inputs, int Outputs, int Batch)[] Cases =
    [
        (1, 1, 1), (1, 17, 3), (3, 64, 2), (7, 65, 5), (16, 10, 4), (33, 63, 1), (64, 10, 9), (100, 129, 2), (257, 200, 7),
        (512, 128, 4), (513, 100, 6), (64, 10, 128), (1031, 333, 3), (20, 1100, 3), (5, 3, 700),
    ];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Gradients_agree_with_the_definition(int lanes)
    {
        foreach ((int inputs, int outputs, int batch) in Cases)
        {
            string what = $"{inputs} to {outputs}, batch {batch}";
            (BlockedLayout x, BlockedLayout y) = (new(inputs, 1, 1, lanes), new(outputs, 1, 1, lanes));
            (float[] input, float[] weights, float[] gradient) = (Maps.Random(batch * inputs, 1), Maps.Random(outputs * inputs, 2), Maps.Random(batch * outputs, 3));
            (double[] toInput, double[] toWeights, double[] toBias) = (new double[input.Length], new double[weights.Length], new double[outputs]);
            Reference.LinearGradient<double>(
                Maps.Doubles(input), batch, inputs, Maps.Doubles(weights), outputs, Maps.Doubles(gradient), toInput, toWeights, toBias);
            (GuardedBuffer blockedInput, GuardedBuffer blockedGradient) = (Maps.Block(input, x, batch), Maps.Block(gradient, y, batch));
            KernelCheck.Maps(what, x, batch, toInput, Tolerance, [blockedGradient], (output, part, parts) =>
                LinearGradient.Input(blockedGradient.Span, y, weights, output, x, batch, accumulate: false, part, parts));
            KernelCheck.InPlace(what, x, batch, [.. toInput.Select((value, i) => value + input[i])], Tolerance, blockedInput, (output, part, parts) =>
                LinearGradient.Input(blockedGradient.Span, y, weights, output, x, batch, accumulate: true, part, parts));

            // A plain matrix is a map of one channel in blocks of one: as for any map, what lies around it is guarded.
            var bias = new float[outputs];
            KernelCheck.Maps(what, new BlockedLayout(1, outputs, inputs, 1), 1, toWeights, Tolerance, [blockedInput, blockedGradient], (output, part, parts) =>
                LinearGradient.Weights(blockedInput.Span, x, blockedGradient.Span, y, output, bias, batch, accumulate: false, part, parts));
            KernelCheck.AssertClose(what, toBias, bias, Tolerance);
            LinearGradient.Weights(blockedInput.Span, x, blockedGradient.Span, y, [], bias, batch, accumulate: true, 0, 1);
            KernelCheck.AssertClose(what, [.. toBias.Select(value => 2 * value)], bias, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Weight_gradients_add_to_what_is_there(int lanes)
    {
        (BlockedLayout x, BlockedLayout y) = (new(19, 1, 1, lanes), new(6, 1, 1, lanes));
        (GuardedBuffer input, GuardedBuffer gradient) = (Maps.Block(Maps.Random(5 * 19, 1), x, 5), Maps.Block(Maps.Random(5 * 6, 2), y, 5));
        (float[] weights, float[] bias) = (new float[6 * 19], new float[6]);
        LinearGradient.Weights(input.Span, x, gradient.Span, y, weights, bias, 5, accumulate: false, 0, 1);
        (float[] more, float[] moreBias) = ([.. Enumerable.Repeat(1f, weights.Length)], [1, 1, 1, 1, 1, 1]);
        LinearGradient.Weights(input.Span, x, gradient.Span, y, more, moreBias, 5, accumulate: true, 0, 1);
        Assert.Equal(weights.Select(value => 1 + value), more);
        Assert.Equal(bias.Select(value => 1 + value), moreBias);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        (BlockedLayout x, BlockedLayout y) = (new(3, 1, 1, 4), new(2, 1, 1, 4));
        Assert.Throws<ArgumentException>(() => LinearGradient.Input(new float[4], y, new float[5], new float[4], x, 1, false, 0, 1));
        Assert.Throws<ArgumentException>(() => LinearGradient.Input(new float[4], y, new float[6], new float[3], x, 1, false, 0, 1));
        Assert.Throws<ArgumentException>(() => LinearGradient.Weights(new float[4], x, new float[4], y with { Width = 2 }, new float[6], [], 1, false, 0, 1));
    }
}
