using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>One convolution with the numbers of its backward pass, and its gradients in float64.</summary>
internal sealed class ConvolutionGradientRun
{
    private static readonly int[] Splits = [2, 3, 7];
    private static readonly Padding Wide = new(2, 1, 0, 3);
    private readonly ConvolutionCase _case;
    private readonly ConvolutionProblem _problem;
    private readonly float[] _input, _weights, _gradient;
    private readonly double[] _inputGradient, _weightGradient, _biasGradient;
    private readonly double _inputScale, _weightScale, _biasScale;

    internal ConvolutionGradientRun(ConvolutionCase shape, int lanes)
    {
        _case = shape;
        _problem = shape.ToProblem(lanes);
        _input = Numbers("input", shape.Batch * shape.InputChannels * shape.Height * shape.Width);
        _weights = Numbers("weights", shape.WeightCount);
        _gradient = Numbers("gradient", shape.Batch * shape.OutputChannels * shape.OutputHeight * shape.OutputWidth);
        (_inputGradient, _weightGradient, _biasGradient) = Expected(Tests.Maps.Doubles(_input), Tests.Maps.Doubles(_weights), Tests.Maps.Doubles(_gradient));

        // The mean square of a sum of independent terms is the sum of the terms' squares: a single gradient may be near 0 by chance.
        (double[] input, double[] weights, double[] bias) = Expected(Squares(_input), Squares(_weights), Squares(_gradient));
        (_inputScale, _weightScale, _biasScale) = (Scale(_inputGradient, input), Scale(_weightGradient, weights), Scale(_biasGradient, bias));
    }

    /// <summary>The largest error of the weight and bias gradients by the preferred kernel; asserts that splits agree and that adding adds.</summary>
    internal double WeightError(string? preferred, out string kernel)
    {
        BlockedLayout layout = _problem.Output with { Border = Wide };
        var gradient = new ConvolutionWeightGradient(_problem, layout, preferred: preferred);
        kernel = gradient.KernelName;
        GuardedBuffer input = ConvolutionMaps.Lay(_problem.Input, _case.Batch, _input, _case.ReadBorder);
        GuardedBuffer output = ConvolutionMaps.Lay(layout, _case.Batch, _gradient, default);
        (float[] weights, float[] bias) = Weights(gradient, input, output, 1, accumulate: false);
        foreach (int parts in Splits)
        {
            (float[] splitWeights, float[] splitBias) = Weights(gradient, input, output, parts, accumulate: false);
            AssertSame(weights, splitWeights, $"weights in {parts} parts");
            AssertSame(bias, splitBias, $"bias in {parts} parts");
        }

        (float[] moreWeights, float[] moreBias) = Weights(gradient, input, output, 1, accumulate: true);
        AssertSame([.. weights.Select(value => 1 + value)], moreWeights, "weights added");
        AssertSame([.. bias.Select(value => 1 + value)], moreBias, "bias added");
        input.AssertWallsStand("input");
        output.AssertWallsStand("output gradient");
        return Math.Max(Error(_weightGradient, weights, _weightScale), Error(_biasGradient, bias, _biasScale));
    }

    /// <summary>The largest error of the input gradient by the preferred kernel; asserts that splits agree, that adding adds, and that refreshing works.</summary>
    internal double InputError(string? preferred, out string kernel)
    {
        Padding border = ConvolutionInputGradient.RequiredBorder(_problem);
        BlockedLayout source = _problem.Output with { Border = new Padding(border.Top, border.Left + 1, border.Bottom + 2, border.Right) };
        BlockedLayout target = _problem.Input with { Border = Wide };
        var gradient = ConvolutionInputGradient.Create(_problem, source, target, new float[_weights.Length], preferred);
        kernel = gradient.KernelName;
        for (int part = 0; part < 3; part++)
        {
            gradient.Repack(_weights, part, 3);
        }

        GuardedBuffer output = ConvolutionMaps.Lay(source, _case.Batch, _gradient, border);
        float[] values = Inputs(gradient, output, target, 1, accumulate: false);
        foreach (int parts in Splits)
        {
            AssertSame(values, Inputs(gradient, output, target, parts, accumulate: false), $"input in {parts} parts");
        }

        float[] added = Inputs(gradient, output, target, 2, accumulate: true);
        output.AssertWallsStand("output gradient");
        double[] expected = [.. _inputGradient.Select(value => 1 + value)];
        return Math.Max(Error(_inputGradient, values, _inputScale), Error(expected, added, Math.Max(1, _inputScale)));
    }

    private (float[] Weights, float[] Bias) Weights(ConvolutionWeightGradient gradient, GuardedBuffer input, GuardedBuffer output, int parts, bool accumulate)
    {
        var workspace = new GuardedBuffer(gradient.WorkspaceLength(_case.Batch));
        var weights = new GuardedBuffer(_weights.Length);
        var bias = new GuardedBuffer(_case.OutputChannels);
        var scratch = new GuardedBuffer(gradient.ScratchLength);
        if (accumulate)
        {
            weights.Span.Fill(1);
            bias.Span.Fill(1);
        }

        for (int part = parts - 1; part >= 0; part--)
        {
            gradient.Accumulate(
                new WeightGradientOperands { Batch = _case.Batch, Input = input.Span, OutputGradient = output.Span, Workspace = workspace.Span, Scratch = scratch.Span }, part, parts);
        }

        for (int part = parts - 1; part >= 0; part--)
        {
            gradient.Reduce(workspace.Span, weights.Span, bias.Span, _case.Batch, accumulate, part, parts);
        }

        workspace.AssertWallsStand("workspace");
        scratch.AssertWallsStand("scratch");
        weights.AssertWallsStand("weight gradient");
        bias.AssertWallsStand("bias gradient");
        return (weights.Span.ToArray(), bias.Span.ToArray());
    }

    private float[] Inputs(ConvolutionInputGradient gradient, GuardedBuffer output, BlockedLayout target, int parts, bool accumulate)
    {
        GuardedBuffer input = accumulate
            ? ConvolutionMaps.Lay(target, _case.Batch, [.. Enumerable.Repeat(1f, _input.Length)], default)
            : new GuardedBuffer(_case.Batch * target.Length);
        var scratch = new GuardedBuffer(gradient.ScratchLength);
        for (int part = parts - 1; part >= 0; part--)
        {
            gradient.Run(
                new InputGradientOperands
                {
                    Batch = _case.Batch,
                    OutputGradient = output.Span,
                    InputGradient = input.Span,
                    Accumulate = accumulate,
                    Scratch = scratch.Span,
                },
                part,
                parts);
        }

        input.AssertWallsStand("input gradient");
        scratch.AssertWallsStand("scratch");
        return ConvolutionMaps.Collect(input, target, _case.Batch);
    }

    private (double[] Input, double[] Weights, double[] Bias) Expected(double[] input, double[] weights, double[] gradient)
    {
        var geometry = new Conv2dGeometry(_case.Kernel)
        {
            Stride = _case.Stride,
            Dilation = _case.Dilation,
            Padding = _case.Pad,
            Groups = _case.Groups,
        };
        (double[] toInput, double[] toWeights, double[] toBias) = (new double[input.Length], new double[weights.Length], new double[_case.OutputChannels]);
        Reference.Conv2dGradient<double>(
            input, _case.Batch, new FeatureMap(_case.InputChannels, _case.Height, _case.Width), weights, _case.OutputChannels, geometry, gradient,
            toInput, toWeights, toBias);
        return (toInput, toWeights, toBias);
    }

    private float[] Numbers(string stream, int count)
    {
        CounterRandom random = new CounterRandom(11).Stream(stream).Stream(_case.Name);
        return [.. Enumerable.Range(0, count).Select(i => (float)random.Uniform((ulong)i, -1, 1))];
    }

    private static double[] Squares(float[] values) => [.. values.Select(value => (double)value * value)];

    // Of gradients that have terms at all: a stride leaves pixels whose gradient is exactly zero, which say nothing about the others' size.
    private static double Scale(double[] values, double[] squares) =>
        Math.Sqrt(Math.Max(values.Sum(value => value * value), squares.Sum()) / Math.Max(1, squares.Count(square => square > 0)));

    private static double Error(double[] expected, float[] actual, double scale)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        return scale > 0 ? worst / scale : worst;
    }

    private static void AssertSame(float[] expected, float[] actual, string what) =>
        Assert.True(MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan())), $"{what}: other bits");
}
