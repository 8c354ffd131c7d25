using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class BatchNormTrainingTests
{
    private const double Tolerance = 1e-5; // of the rms

    private static IEnumerable<MapCase> Cases =>
    [
        .. MapCase.All,
        new("several chunks of images", 9, 20, 16, 18, new(1, 1, 1, 1), new(1, 1, 1, 1)),
        new("several images in a chunk", 41, 5, 7, 5, Padding.None, new(1, 1, 1, 1)),
        new("a batch of vectors", 37, 50, 1, 1, Padding.None, Padding.None),
    ];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Forward_agrees_with_the_definition(int lanes) => ForEach((map, relu, residual, hasParameters, what) =>
    {
        var run = new BatchNormRun(map, lanes, relu, residual, hasParameters);
        (double[] output, double[] mean, double[] variance) = run.ForwardExpected();
        float[] whole = run.Forward(1);
        KernelCheck.AssertClose(what, output, whole, Tolerance + run.MeanRounding());
        KernelCheck.AssertClose(what, mean, run.Mean.Span[..map.Channels].ToArray(), Tolerance);
        KernelCheck.AssertClose(what, variance, run.Variance.Span[..map.Channels].ToArray(), Tolerance);
        float[] saved = Saved(run);
        foreach (int parts in new[] { 2, 3, 7 })
        {
            BatchNormRun.AssertSame(whole, run.Forward(parts), $"{what} in {parts} parts");
            BatchNormRun.AssertSame(saved, Saved(run), $"{what} in {parts} parts: what is saved");
        }
    });

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Sums_of_a_part_beside_those_of_nobody_are_those_of_the_batch(int lanes) => ForEach((map, relu, residual, hasParameters, what) =>
    {
        float[] expected = new BatchNormRun(map, lanes, relu, residual, hasParameters).Forward(1);
        var run = new BatchNormRun(map, lanes, relu, residual, hasParameters) { IsPart = true };
        BatchNormRun.AssertSame(expected, run.Forward(2), what);
        float[][] gradients = new BatchNormRun(map, lanes, relu, residual, hasParameters).Backward(1, accumulate: false);
        foreach ((float[] whole, float[] part) in gradients.Zip(run.Backward(3, accumulate: false)))
        {
            BatchNormRun.AssertSame(whole, part, what);
        }
    });

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Backward_agrees_with_the_definition(int lanes) => ForEach((map, relu, residual, hasParameters, what) =>
    {
        var run = new BatchNormRun(map, lanes, relu, residual, hasParameters);
        double[][] expected = run.BackwardExpected(out double scale);
        float[][] whole = run.Backward(1, accumulate: false);
        float[][] added = run.Backward(2, accumulate: true);
        for (int i = 0; i < expected.Length; i++)
        {
            double pixels = Math.Sqrt((double)map.Batch * map.Height * map.Width); // sums over pixels, whose terms are of order 1
            double tolerance = i is 0 or 2 ? Tolerance + run.MeanRounding() : Tolerance; // the mean has a part in the gradients of input and weight
            double allowed = tolerance * (i == 0 ? Math.Max(scale, 1e-30) : i == 1 ? 1 : pixels);
            AssertWithin($"{what}, gradient {i}", expected[i], whole[i], allowed);
            AssertWithin($"{what}, gradient {i} added", [.. expected[i].Select(value => 1 + value)], added[i], allowed + 1e-6);
        }

        foreach (int parts in new[] { 2, 3, 7 })
        {
            float[][] split = run.Backward(parts, accumulate: false);
            for (int i = 0; i < expected.Length; i++)
            {
                BatchNormRun.AssertSame(whole[i], split[i], $"{what} in {parts} parts, gradient {i}");
            }
        }
    });

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_mean_far_from_zero_does_not_spoil_the_variance(int lanes)
    {
        var run = new BatchNormRun(new("far", 4, 17, 20, 20, Padding.None, Padding.None), lanes, false, false, false, mean: 1000);
        (_, double[] mean, double[] variance) = run.ForwardExpected();
        run.Forward(1);
        KernelCheck.AssertClose("mean", mean, run.Mean.Span[..17].ToArray(), 1e-7);
        KernelCheck.AssertClose("variance", variance, run.Variance.Span[..17].ToArray(), Tolerance);
    }

    [Fact]
    public void Running_statistics_follow_PyTorch()
    {
        float[] mean = [1, 2], variance = [4, 5];
        BatchNormTraining.UpdateRunning([3, 4, 0, 0], [8, 3, 0, 0], count: 4, momentum: 0.25, mean, variance);
        Assert.Equal([1.5f, 2.5f], mean);
        Assert.Equal([(0.75f * 4) + (0.25f * 8 * 4 / 3), (0.75f * 5) + (0.25f * 3 * 4 / 3)], variance, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Layouts_that_do_not_fit_are_refused()
    {
        var layout = new BlockedLayout(3, 4, 5, 4);
        var problem = new BatchNormProblem { Input = layout, Output = layout, Eps = 1e-5f, OutputGradient = layout, InputGradient = layout };
        Assert.Throws<ArgumentException>(() => new BatchNormTraining(problem with { Output = layout with { Width = 6 } }));
        Assert.Throws<ArgumentException>(() => new BatchNormTraining(problem with { Residual = layout with { Channels = 9 } }));
        var kernel = new BatchNormTraining(problem);
        Assert.Throws<ArgumentException>(() => kernel.GatherMoments(
            new BatchNormForwardOperands { Batch = 1, Input = new float[3], Output = new float[layout.Length], Mean = new float[4], Variance = new float[4], InverseDeviation = new float[4], Workspace = new float[99] }, 0, 1));
    }

    private static float[] Saved(BatchNormRun run) => [.. run.Mean.Span, .. run.Variance.Span, .. run.InverseDeviation.Span];

    private static void ForEach(Action<MapCase, bool, bool, bool, string> check)
    {
        foreach (MapCase map in Cases)
        {
            for (int kind = 0; kind < 4; kind++)
            {
                (bool relu, bool residual) = (kind % 2 == 1, kind >= 2);
                check(map, relu, residual, (kind + map.Channels) % 3 > 0, $"{map.Name}, relu {relu}, residual {residual}");
            }
        }
    }

    private static void AssertWithin(string what, double[] expected, float[] actual, double allowed)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}, allowed {allowed:G3}");
        }
    }
}
