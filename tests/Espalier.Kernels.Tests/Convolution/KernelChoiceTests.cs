using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class KernelChoiceTests
{
    private static int Lanes => InstructionSet.Best.Lanes;

    [Theory]
    [InlineData(3, 64, 224, 7, 2, 1, "direct")]
    [InlineData(64, 256, 56, 1, 1, 1, "direct")]
    [InlineData(64, 64, 56, 3, 1, 1, "winograd4")]
    [InlineData(128, 128, 56, 3, 2, 1, "direct")]
    [InlineData(128, 128, 28, 3, 1, 1, "winograd4")]
    [InlineData(256, 256, 14, 3, 1, 1, "winograd4")]
    [InlineData(512, 512, 7, 3, 1, 1, "winograd2")]
    [InlineData(96, 96, 112, 3, 1, 96, "depthwise")]
    [InlineData(64, 64, 56, 3, 1, 32, "shuffled")]
    [InlineData(1024, 1024, 14, 3, 1, 32, "direct")]
    [InlineData(100, 15, 9, 3, 1, 5, "grouped")]
    public void Networks_get_the_kernel_that_is_fastest_in_them(int inputs, int outputs, int size, int kernel, int stride, int groups, string expected) =>
        Assert.Equal(expected, ConvolutionKernel.Choose(Problem(inputs, outputs, size, kernel, stride, groups, Lanes), null, "").Name);

    [Fact]
    public void A_forced_kernel_is_taken_where_it_can_be()
    {
        ConvolutionProblem stride1 = Problem(64, 64, 56, 3, 1, 1, Lanes);
        ConvolutionProblem stride2 = Problem(64, 64, 56, 3, 2, 1, Lanes);
        Assert.Equal("winograd2", ConvolutionKernel.Choose(stride1, null, "depthwise, winograd2,direct").Name);
        Assert.Equal("direct", ConvolutionKernel.Choose(stride2, null, "winograd2,direct").Name);
        Assert.Equal("direct", ConvolutionKernel.Choose(stride2, null, "winograd2").Name);
    }

    [Fact]
    public void The_vectors_are_those_of_the_output_unless_asked_for()
    {
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsSupported))
        {
            ConvolutionProblem problem = Problem(8, 8, 9, 3, 1, 1, set.Lanes);
            Assert.Equal(set, ConvolutionKernel.Choose(problem, null, "").InstructionSet);
            Assert.Equal(set, ConvolutionKernel.Choose(problem, set, "").InstructionSet);
        }
    }

    [Fact]
    public void An_unknown_kernel_is_refused_by_name()
    {
        var error = Assert.Throws<EspalierException>(() => ConvolutionKernel.Choose(Problem(8, 8, 9, 3, 1, 1, Lanes), null, "direct,winograd9"));
        Assert.Contains("winograd9", error.Message, StringComparison.Ordinal);
        Assert.Contains("winograd4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_width_that_no_kernel_has_is_refused() =>
        Assert.Throws<EspalierException>(() => ConvolutionKernel.Choose(Problem(8, 8, 9, 3, 1, 1, 5), null, ""));

    [Fact]
    public void No_kernel_of_a_missing_instruction_set_offers_itself() =>
        Assert.DoesNotContain(ConvolutionKernel.All, kernel => !kernel.InstructionSet.IsSupported && kernel.Supports(Problem(8, 8, 9, 3, 1, 1, kernel.InstructionSet.Lanes)));

    private static ConvolutionProblem Problem(int inputs, int outputs, int size, int kernel, int stride, int groups, int lanes) => new ConvolutionCase
    {
        Name = "",
        InputChannels = inputs,
        OutputChannels = outputs,
        Height = size,
        Width = size,
        Kernel = (kernel, kernel),
        Stride = (stride, stride),
        Groups = groups,
        Pad = new Padding(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
    }.ToProblem(lanes);
}
