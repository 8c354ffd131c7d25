using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class SharedScratchTests
{
    [Theory]
    [InlineData("winograd2")]
    [InlineData("winograd4")]
    public void Parts_of_one_call_use_what_earlier_parts_left_and_other_calls_do_not(string kernel)
    {
        var one = new Padding(1, 1, 1, 1);
        InstructionSet set = InstructionSet.Best;
        var problem = new ConvolutionProblem
        {
            Input = new BlockedLayout(24, 15, 13, set.Lanes, one),
            Output = new BlockedLayout(5 * set.Lanes, 15, 13, set.Lanes),
            Kernel = 3,
            Padding = 1,
        };
        PackedConvolution packed = ConvolutionKernel.Choose(problem, set, kernel).Pack(problem, Numbers("weights", problem.Output.Channels * 24 * 9), []);
        Memory<float> scratch = AlignedMemory.Allocate<float>(packed.ScratchLength);
        float[][] inputs = [Numbers("first", problem.Input.Length), Numbers("second", problem.Input.Length)];
        float[][] expected = [.. inputs.Select(input => Run(packed, input, scratch, call: 0, parts: 1))];

        Assert.Equal(expected[0], Run(packed, inputs[0], scratch, call: 1_000_001, parts: 4));
        Assert.Equal(expected[1], Run(packed, inputs[1], scratch, call: 1_000_002, parts: 4));
        Assert.Equal(expected[0], Run(packed, inputs[0], scratch, call: 0, parts: 4));
        Assert.Equal(expected[1], Run(packed, inputs[1], scratch, call: 0, parts: 4));
    }

    private static float[] Run(PackedConvolution packed, float[] input, Memory<float> scratch, long call, int parts)
    {
        Memory<float> output = AlignedMemory.Allocate<float>(packed.Problem.Output.Length);
        for (int part = 0; part < parts; part++)
        {
            packed.Run(new ConvolutionOperands { Batch = 1, Input = input, Output = output.Span, Scratch = scratch.Span, Call = call }, part, parts);
        }

        return output.ToArray();
    }

    private static float[] Numbers(string stream, int count)
    {
        CounterRandom random = new CounterRandom(9).Stream(stream);
        return [.. Enumerable.Range(0, count).Select(i => (float)random.Uniform((ulong)i, -1, 1))];
    }
}
