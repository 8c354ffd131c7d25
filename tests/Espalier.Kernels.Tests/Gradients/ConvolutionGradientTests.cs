using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class ConvolutionGradientTests
{
    private const double Tolerance = 1e-5; // of the gradient's rms: rounding alone

    private static int RandomCases => Environment.GetEnvironmentVariable("ESPALIER_LONG") == "1" ? 2000 : 150;

    public static TheoryData<string, int> NamedCases()
    {
        var cases = new TheoryData<string, int>();
        foreach (ConvolutionCase shape in ConvolutionCases.Named)
        {
            foreach (int lanes in MapCase.Lanes)
            {
                cases.Add(shape.Name, lanes);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(NamedCases))]
    public void Gradients_of_awkward_shapes_agree_with_the_definition(string name, int lanes) =>
        Check(ConvolutionCases.Named.Single(shape => shape.Name == name), lanes, name);

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Gradients_of_random_shapes_agree_with_the_definition(int lanes)
    {
        for (ulong seed = 20_000; seed < 20_000 + (ulong)RandomCases; seed++)
        {
            ConvolutionCase shape = ConvolutionCases.Random(seed);
            Check(shape, lanes, $"seed {seed}: {shape with { Name = "" }}");
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_weight_gradient_over_very_many_pixels_keeps_its_digits(int lanes)
    {
        var shape = new ConvolutionCase { Name = "300,000 pixels", Batch = 3, Height = 250, Width = 400, Kernel = (1, 2), Pad = new Padding(0, 1, 0, 0), OutputChannels = 4 };
        Assert.InRange(new ConvolutionGradientRun(shape, lanes).WeightError(null, out _), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Weight_gradients_by_Winograds_algorithm_agree_with_the_definition(int lanes)
    {
        for (ulong seed = 30_000; seed < 30_000 + (ulong)RandomCases / 3; seed++)
        {
            CounterRandom random = new CounterRandom(seed);
            int Below(ulong at, int end) => (int)random.Uniform(at, 0, end);
            var shape = new ConvolutionCase
            {
                Name = $"{seed}",
                Batch = 1 + Below(0, 5),
                InputChannels = 1 + Below(1, 150),
                OutputChannels = 1 + Below(2, 150),
                Height = 3 + Below(3, 12),
                Width = 3 + Below(4, 12),
                Kernel = (3, 3),
                Pad = new Padding(Below(5, 3), Below(6, 3), Below(7, 3), Below(8, 3)),
            };
            double error = new ConvolutionGradientRun(shape, lanes).WeightError("winograd4", out string kernel);
            Assert.Equal("winograd4", kernel);
            Assert.True(error <= Tolerance, $"seed {seed}: {shape with { Name = "" }}: weight gradient is off by {error:E2} of the rms");
        }
    }

    [Fact]
    public void Layouts_that_do_not_fit_are_refused()
    {
        ConvolutionProblem problem = new ConvolutionCase { Name = "" }.ToProblem(4);
        BlockedLayout output = problem.Output;
        Assert.Throws<ArgumentException>(() => new ConvolutionWeightGradient(problem, output with { Width = output.Width + 1 }));
        var weights = new float[5 * 3 * 9];
        Assert.Throws<ArgumentException>(() => ConvolutionInputGradient.Create(problem, output, problem.Input, weights)); // no border
        BlockedLayout wide = output with { Border = ConvolutionInputGradient.RequiredBorder(problem) };
        Assert.Throws<ArgumentException>(() => ConvolutionInputGradient.Create(problem, wide, problem.Input, new float[3]));
        Assert.Equal(new Padding(1, 1, 1, 1), wide.Border);
        var gradient = ConvolutionInputGradient.Create(problem, wide, problem.Input, weights);
        Assert.Throws<ArgumentException>(() => gradient.Repack(new float[3], 0, 1));
    }

    private static void Check(ConvolutionCase shape, int lanes, string what)
    {
        var run = new ConvolutionGradientRun(shape, lanes);
        double error;
        foreach (string? preferred in new[] { "direct", "winograd4" })
        {
            error = run.WeightError(preferred, out string kernel);
            Assert.True(error <= Tolerance, $"{what}: weight gradient by {kernel} is off by {error:E2} of the rms");
        }

        if (shape.InputLanes == 2)
        {
            return; // kernels read blocks of 2, but none writes them
        }

        foreach (string? preferred in new[] { "direct", "winograd4" })
        {
            error = run.InputError(preferred, out string kernel);
            double tolerance = kernel.Contains("winograd", StringComparison.Ordinal) ? 5 * Tolerance : Tolerance; // as forward
            Assert.True(error <= tolerance, $"{what}: input gradient by {kernel} is off by {error:E2} of the rms");
        }
    }
}
