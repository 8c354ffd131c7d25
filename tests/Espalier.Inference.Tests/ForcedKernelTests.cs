using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Kernels and instruction sets that options and environment variables force, in whole networks.</summary>
public sealed class ForcedKernelTests
{
    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Options_force_every_kernel(string kernel, string set) => ForcedNetwork.Check(kernel, InstructionSet.Choose(set));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_environment_variable_forces_every_kernel(string kernel) =>
        ChildRun.Of(typeof(ForcedNetwork), (ConvolutionKernel.Variable, kernel), (ForcedNetwork.Kernel, kernel));

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_environment_variable_forces_every_instruction_set(string set) =>
        ChildRun.Of(typeof(ForcedNetwork), (InstructionSet.Variable, set), (ForcedNetwork.Set, set));

    [Fact]
    public void A_kernel_or_instruction_set_that_does_not_exist_is_an_error_that_lists_those_that_do()
    {
        Model model = ForcedNetwork.Model();
        string message = Assert.Throws<EspalierException>(() => new Predictor(model, new PredictorOptions { ConvolutionKernels = "fast" })).Message;
        Assert.Contains("no convolution kernel 'fast'; there are direct,", message, StringComparison.Ordinal);
        Assert.Contains("avx1024", Assert.Throws<EspalierException>(() => InstructionSet.Choose("avx1024")).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> KernelsAndSets() =>
        [.. ConvolutionKernel.All.Where(kernel => kernel.InstructionSet.IsSupported).Select(kernel => (kernel.Name, kernel.InstructionSet.Name))];

    public static TheoryData<string> Kernels() => [.. ConvolutionKernel.All.Select(kernel => kernel.Name).Distinct()];

    public static TheoryData<string> Sets() => [.. InstructionSet.All.Where(set => set.IsSupported).Select(set => set.Name)];
}
