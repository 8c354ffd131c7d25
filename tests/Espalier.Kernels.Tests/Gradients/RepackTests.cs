using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class RepackTests
{
    [Theory]
    [MemberData(nameof(ConvolutionKernelTests.Kernels), MemberType = typeof(ConvolutionKernelTests))]
    public void Refreshed_weights_compute_the_bits_of_newly_packed_ones(string kernelName, string set)
    {
        ConvolutionKernel kernel = ConvolutionKernel.All.Single(kernel => kernel.Name == kernelName && kernel.InstructionSet.Name == set);
        int tried = 0;
        for (ulong seed = 30_000; tried < 25; seed++)
        {
            ConvolutionCase shape = ConvolutionCases.Random(seed) with { Residual = ResidualKind.None };
            if (kernel.Supports(shape.ToProblem(kernel.InstructionSet.Lanes)))
            {
                tried++;
                Check(kernel, shape, seed);
            }
        }
    }

    [Fact]
    public void A_fully_connected_layer_too()
    {
        (float[] weights, float[] bias) = (Maps.Random(70 * 33, 1), Maps.Random(70, 2));
        var packed = PackedLinear.Pack(Maps.Random(70 * 33, 3), Maps.Random(70, 4), 33, 70, 4, Activation.None);
        for (int part = 0; part < 3; part++)
        {
            packed.Repack(weights, bias, part, 3);
        }

        float[] input = Maps.Random(2 * packed.InputLayout.Length, 5);
        Assert.Equal(Run(PackedLinear.Pack(weights, bias, 33, 70, 4, Activation.None), input), Run(packed, input));
        Assert.Throws<ArgumentException>(() => packed.Repack(new float[3], bias, 0, 1));

        static float[] Run(PackedLinear layer, float[] input)
        {
            var output = new float[2 * layer.OutputLayout.Length];
            layer.Run(input, output, 2, 0, 1);
            return output;
        }
    }

    private static void Check(ConvolutionKernel kernel, ConvolutionCase shape, ulong seed)
    {
        ConvolutionProblem problem = shape.ToProblem(kernel.InstructionSet.Lanes);
        (float[] weights, float[] bias) = (Maps.Random(shape.WeightCount, seed), Maps.Random(shape.OutputChannels, seed + 1));
        PackedConvolution expected = kernel.Pack(problem, weights, bias);
        PackedConvolution packed = kernel.Pack(problem, Maps.Random(shape.WeightCount, seed + 2), Maps.Random(shape.OutputChannels, seed + 3));
        if (!packed.CanRepack)
        {
            Assert.StartsWith("sparse", packed.KernelName, StringComparison.Ordinal);
            Assert.Throws<NotSupportedException>(() => packed.Repack(weights, bias, 0, 1));
            return;
        }

        for (int part = 0; part < 3; part++)
        {
            packed.Repack(weights, bias, part, 3);
        }

        Assert.Throws<ArgumentException>(() => packed.Repack(weights.AsSpan(1), bias, 0, 1));
        float[] input = Maps.Random(shape.Batch * problem.Input.Length, seed + 4);
        Assert.True(Run(expected, shape.Batch, input).AsSpan().SequenceEqual(Run(packed, shape.Batch, input)), $"seed {seed}: other bits");
    }

    private static float[] Run(PackedConvolution packed, int batch, float[] input)
    {
        var output = new float[batch * packed.Problem.Output.Length];
        float[] scratch = AlignedMemory.Allocate<float>(packed.ScratchLength).ToArray();
        packed.Run(new ConvolutionOperands { Batch = batch, Input = input, Output = output, Scratch = scratch }, 0, 1);
        return output;
    }
}
