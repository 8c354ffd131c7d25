using System.Runtime.Intrinsics;

namespace Espalier.Kernels.Tests;

/// <summary>What <see cref="InstructionSetTests"/> runs in a process of its own: first whether the switch took effect, then every kernel.</summary>
public sealed class KernelSweep
{
    /// <summary>The best instruction set that the process may find.</summary>
    internal const string Expected = "ESPALIER_TEST_EXPECTED_SET";

    /// <summary>The instruction set that was forced.</summary>
    internal const string Forced = "ESPALIER_TEST_FORCED_SET";

    private const int RandomCases = 25;

    [Fact(Explicit = true)]
    public void The_switch_took_effect()
    {
        if (Environment.GetEnvironmentVariable(Forced) is string forced)
        {
            Assert.Equal(forced, InstructionSet.Best.Name);
            return;
        }

        string expected = Environment.GetEnvironmentVariable(Expected)!;
        Assert.False(Vector512.IsHardwareAccelerated);
        Assert.False(InstructionSet.Avx512.IsSupported);
        Assert.True(expected == "avx2" || !Vector256.IsHardwareAccelerated);
        Assert.True(expected == "avx2" || !InstructionSet.Avx2.IsSupported);
        Assert.True(InstructionSet.Best.Name == expected || !Vector256.IsHardwareAccelerated, InstructionSet.Best.Name); // a machine may have had no more to begin with
        Assert.True(Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") != "0" || !Vector128.IsHardwareAccelerated);
    }

    [Fact(Explicit = true)]
    public void Every_kernel_agrees_with_the_definition()
    {
        foreach (ConvolutionKernel kernel in ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported))
        {
            double tolerance = kernel.Name.StartsWith("winograd", StringComparison.Ordinal) ? 5e-5 : 1e-5;
            IEnumerable<ConvolutionCase> random = Enumerable.Range(0, int.MaxValue).Select(seed => ConvolutionCases.Random((ulong)seed)).Where(Supports).Take(RandomCases);
            ConvolutionCase[] cases = [.. ConvolutionCases.Named.Where(Supports), .. random];
            Assert.NotEmpty(cases);
            foreach (ConvolutionCase shape in cases)
            {
                double error = new ConvolutionRun(kernel, shape).Error();
                Assert.True(error <= tolerance, $"{kernel.Name}, {kernel.InstructionSet.Name}, {shape.Name}: error {error:E2} of the rms");
            }

            bool Supports(ConvolutionCase shape) => kernel.Supports(shape.ToProblem(kernel.InstructionSet.Lanes));
        }
    }
}
