using Espalier.Testing;

namespace Espalier.Kernels.Tests;

public sealed class ConvolutionKernelTests
{
    /// <summary>What is allowed of the output's rms: rounding alone for direct sums, the transforms' as well for Winograd's.</summary>
    private static double Tolerance(ConvolutionKernel kernel) => kernel.Name.StartsWith("winograd", StringComparison.Ordinal) ? 5e-5 : 1e-5;

    private static int RandomCases => Environment.GetEnvironmentVariable("ESPALIER_LONG") == "1" ? 2000 : FullRun.IsOn ? 200 : 80;

    public static TheoryData<string, string> Kernels()
    {
        var kernels = new TheoryData<string, string>();
        foreach (ConvolutionKernel kernel in Runnable())
        {
            kernels.Add(kernel.Name, kernel.InstructionSet.Name);
        }

        return kernels;
    }

    public static TheoryData<string, string, string> NamedCases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (ConvolutionKernel kernel in Runnable())
        {
            foreach (ConvolutionCase shape in ConvolutionCases.Named.Where(shape => Supports(kernel, shape)))
            {
                cases.Add(kernel.Name, kernel.InstructionSet.Name, shape.Name);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(NamedCases))]
    public void Awkward_shapes_agree_with_the_definition(string kernelName, string set, string name)
    {
        ConvolutionKernel kernel = Find(kernelName, set);
        var run = new ConvolutionRun(kernel, ConvolutionCases.Named.Single(shape => shape.Name == name));
        Assert.InRange(run.Error(), 0, Tolerance(kernel));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Random_shapes_agree_with_the_definition(string kernelName, string set)
    {
        ConvolutionKernel kernel = Find(kernelName, set);
        int tried = 0;
        for (ulong seed = 0; tried < RandomCases; seed++)
        {
            ConvolutionCase shape = ConvolutionCases.Random(seed);
            if (!Supports(kernel, shape))
            {
                continue;
            }

            tried++;
            double error = new ConvolutionRun(kernel, shape).Error();
            Assert.True(error <= Tolerance(kernel), $"seed {seed}: error {error:E2} of the rms, {shape with { Name = "" }}");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_split_gives_the_same_bits(string kernelName, string set)
    {
        ConvolutionKernel kernel = Find(kernelName, set);
        int tried = 0;
        for (ulong seed = 10_000; tried < 30; seed++)
        {
            ConvolutionCase shape = ConvolutionCases.Random(seed);
            if (!Supports(kernel, shape))
            {
                continue;
            }

            tried++;
            var run = new ConvolutionRun(kernel, shape);
            float[] whole = run.Run(1);
            foreach (int parts in new[] { 2, 3, 7, run.Packed.MaximumParts(shape.Batch) + 1 })
            {
                Assert.True(whole.AsSpan().SequenceEqual(run.Run(parts)), $"seed {seed} in {parts} parts");
            }
        }
    }

    [Fact]
    public void There_are_enough_awkward_shapes_and_no_two_share_a_name()
    {
        Assert.InRange(ConvolutionCases.Named.Count, 110, 1000);
        Assert.Equal(ConvolutionCases.Named.Count, ConvolutionCases.Named.Select(shape => shape.Name).Distinct().Count());
        Assert.All(ConvolutionCases.Named, shape => Assert.True(shape.IsPossible, shape.Name));
    }

    private static IEnumerable<ConvolutionKernel> Runnable() => ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported);

    private static bool Supports(ConvolutionKernel kernel, ConvolutionCase shape) => kernel.Supports(shape.ToProblem(kernel.InstructionSet.Lanes));

    private static ConvolutionKernel Find(string name, string set) =>
        ConvolutionKernel.All.Single(kernel => kernel.Name == name && kernel.InstructionSet.Name == set);
}
