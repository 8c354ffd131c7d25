using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>A convolution and the depthwise one after it, computed together, against the two one after the other: the same bits, whatever the sizes and parts.</summary>
public sealed class DepthwisePairTests
{
    private const int Cases = 60;

    public static TheoryData<string> Sets => [.. InstructionSet.All.Where(set => set.IsSupported).Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Random_pairs_give_the_same_bits_as_two_convolutions(string name)
    {
        InstructionSet set = InstructionSet.All.Single(each => each.Name == name);
        int pairs = 0;
        for (ulong seed = 0; seed < Cases; seed++)
        {
            (ConvolutionProblem first, ConvolutionProblem second, int batch) = Problems(new CounterRandom(seed).Stream(name), set.Lanes);
            pairs += Check(set, first, second, batch, $"seed {seed}: {first} and {second}") ? 1 : 0;
        }

        Assert.InRange(pairs, Cases * 3 / 4, Cases);
    }

    [Fact]
    public void A_map_beyond_the_cache_is_computed_in_bands()
    {
        InstructionSet set = InstructionSet.Best;
        (ConvolutionProblem first, ConvolutionProblem second) = Pair(set.Lanes, 12, (2 * set.Lanes) + 5, new Size(120, 118), 5, 2, new Padding(2, 2, 2, 2), 1, ActivationKind.Relu6, ActivationKind.Silu);
        Assert.True(Check(set, first, second, 2, "bands"));
    }

    [Fact]
    public void What_is_no_such_pair_is_none()
    {
        InstructionSet set = InstructionSet.Best;
        (ConvolutionProblem first, ConvolutionProblem second) = Pair(set.Lanes, 12, 40, new Size(9, 8), 3, 1, new Padding(1, 1, 1, 1), 1, ActivationKind.Relu, ActivationKind.Relu);
        PackedConvolution depthwise = Pack(set, second, 2);
        Assert.NotNull(Pack(set, first, 1).Before(depthwise));
        Assert.Null(depthwise.Before(depthwise));
        Assert.Null(Pack(set, first with { Residual = first.Output }, 1).Before(depthwise));
        Assert.Null(Pack(set, first, 1).Before(Pack(set, second with { Residual = second.Output }, 2)));
        Assert.Null(Pack(set, first, 1).Before(Pack(set, second with { Groups = 1 }, 2)));
        ConvolutionProblem other = second with { Input = second.Input with { Border = new Padding(2, 2, 2, 2) } };
        Assert.Null(Pack(set, first, 1).Before(Pack(set, other, 2)));
    }

    private static bool Check(InstructionSet set, ConvolutionProblem first, ConvolutionProblem second, int batch, string what)
    {
        (PackedConvolution a, PackedConvolution b) = (Pack(set, first, 1), Pack(set, second, 2));
        if (a.Before(b) is not DepthwisePair pair)
        {
            return false;
        }

        float[] numbers = Numbers("input", batch * first.Input.Channels * first.Input.Height * first.Input.Width);
        GuardedBuffer input = ConvolutionMaps.Lay(first.Input, batch, numbers, default);
        GuardedBuffer between = ConvolutionMaps.Lay(first.Output, batch, new float[batch * first.Output.Channels * first.Output.Height * first.Output.Width], first.Output.Border);
        GuardedBuffer expected = new(batch * second.Output.Length);
        a.Run(new ConvolutionOperands { Batch = batch, Input = input.Span, Output = between.Span, Scratch = new float[a.ScratchLength] }, 0, 1);
        b.Run(new ConvolutionOperands { Batch = batch, Input = between.Span, Output = expected.Span, Scratch = new float[b.ScratchLength] }, 0, 1);
        float[] sequence = ConvolutionMaps.Collect(expected, second.Output, batch);
        foreach (int parts in (int[])[1, 2, 3, 8])
        {
            GuardedBuffer output = new(batch * second.Output.Length);
            GuardedBuffer scratch = new(pair.ScratchLength);
            for (int part = parts - 1; part >= 0; part--)
            {
                pair.Run(new ConvolutionOperands { Batch = batch, Input = input.Span, Output = output.Span, Scratch = scratch.Span }, part, parts);
            }

            input.AssertWallsStand("input");
            output.AssertWallsStand("output");
            scratch.AssertWallsStand("scratch");
            Assert.True(sequence.AsSpan().SequenceEqual(ConvolutionMaps.Collect(output, second.Output, batch)), $"{parts} parts, {what}");
        }

        return true;
    }

    private static (ConvolutionProblem First, ConvolutionProblem Second, int Batch) Problems(CounterRandom random, int lanes)
    {
        ulong at = 0;
        int Number(int from, int to) => from + (int)(random.Uniform(at++, 0, 1) * (to - from + 1) * 0.999999);
        ActivationKind[] kinds = [ActivationKind.Identity, ActivationKind.Relu, ActivationKind.Relu6, ActivationKind.Silu, ActivationKind.HardSwish];
        int kernel = (2 * Number(0, 3)) + 1, dilation = Number(1, 2), reach = (kernel - 1) * dilation;
        var size = new Size(Number(Math.Max(1, reach / 2), 20), Number(Math.Max(1, reach / 2), 31));
        var padding = new Padding(Number(0, kernel), Number(0, kernel), Number(0, kernel), Number(0, kernel));
        padding = padding with { Bottom = Math.Max(padding.Bottom, reach + 1 - size.Height - padding.Top), Right = Math.Max(padding.Right, reach + 1 - size.Width - padding.Left) };
        (ConvolutionProblem first, ConvolutionProblem second) = Pair(lanes, Number(1, 40), Number(1, 5 * lanes), size, kernel, Number(1, 2), padding, dilation, kinds[Number(0, 4)], kinds[Number(0, 4)]);
        return (first, second, Number(1, 2));
    }

    private static (ConvolutionProblem First, ConvolutionProblem Second) Pair(
        int lanes, int inputs, int channels, Size size, int kernel, int stride, Padding padding, int dilation, ActivationKind between, ActivationKind last)
    {
        var window = new Window(kernel) { Stride = stride, Padding = padding, Dilation = dilation };
        Size output = window.Output(size);
        var first = new ConvolutionProblem
        {
            Input = new BlockedLayout(inputs, size.Height, size.Width, lanes),
            Output = new BlockedLayout(channels, size.Height, size.Width, lanes, padding),
            Kernel = 1,
            Activation = new Activation(between),
        };
        return (first, new ConvolutionProblem
        {
            Input = first.Output,
            Output = new BlockedLayout(channels, output.Height, output.Width, lanes, new Padding(0, 1, 1, 0)),
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Groups = channels,
            Activation = new Activation(last),
        });
    }

    private static PackedConvolution Pack(InstructionSet set, ConvolutionProblem problem, int stream) => ConvolutionKernel.Choose(problem, set, problem.Groups == 1 ? "direct" : "depthwise").Pack(
        problem, Numbers($"weights {stream}", problem.Output.Channels * problem.GroupInputChannels * problem.Kernel.Area), Numbers($"bias {stream}", problem.Output.Channels));

    private static float[] Numbers(string stream, int count)
    {
        CounterRandom random = new CounterRandom(5).Stream(stream);
        return [.. Enumerable.Range(0, count).Select(i => (float)random.Uniform((ulong)i, -1, 1))];
    }
}
