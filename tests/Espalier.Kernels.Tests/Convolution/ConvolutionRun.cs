using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>One case with its numbers, laid out for one vector width in guarded memory, ready to be run and judged.</summary>
internal sealed class ConvolutionRun
{
    private readonly ConvolutionCase _case;
    private readonly ConvolutionProblem _problem;
    private readonly PackedConvolution _packed;
    private readonly float[] _input, _weights, _bias, _residual;

    internal ConvolutionRun(ConvolutionKernel kernel, ConvolutionCase shape, Action<float[]>? changeInput = null, Action<float[]>? changeWeights = null)
    {
        _case = shape;
        _problem = shape.ToProblem(kernel.InstructionSet.Lanes);
        _input = Numbers("input", shape.Batch * shape.InputChannels * shape.Height * shape.Width);
        changeInput?.Invoke(_input);
        _weights = Numbers("weights", shape.WeightCount);
        changeWeights?.Invoke(_weights);
        _bias = Numbers("bias", shape.Bias ? shape.OutputChannels : 0);
        _residual = Numbers("residual", shape.Residual == ResidualKind.None ? 0 : OutputCount);
        _packed = kernel.Pack(_problem, _weights, _bias);
    }

    internal PackedConvolution Packed => _packed;

    private int OutputCount => _case.Batch * _case.OutputChannels * _case.OutputHeight * _case.OutputWidth;

    /// <summary>The largest difference from the oracle over the oracle's scale.</summary>
    internal double Error()
    {
        double[] expected = ConvolutionOracle.Compute(_case, _input, _weights, _bias, _residual, out double scale);
        float[] actual = Run(1);
        double worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        return scale > 0 ? worst / scale : worst;
    }

    /// <summary>Runs in <paramref name="parts"/> parts, the last first; checks that nothing but the output's pixels was written; gives them as [image][channel][row][column].</summary>
    internal float[] Run(int parts)
    {
        GuardedBuffer input = ConvolutionMaps.Lay(_problem.Input, _case.Batch, _input, _case.ReadBorder);
        GuardedBuffer output = new(_case.Batch * _problem.Output.Length);
        GuardedBuffer residual = output;
        if (_case.Residual == ResidualKind.Separate)
        {
            residual = ConvolutionMaps.Lay(_problem.Residual!.Value, _case.Batch, _residual, default);
        }
        else if (_case.Residual == ResidualKind.SameAsOutput)
        {
            output = residual = ConvolutionMaps.Lay(_problem.Output, _case.Batch, _residual, default);
        }

        GuardedBuffer scratch = new(_packed.ScratchLength);
        float[] inputBefore = input.Span.ToArray();
        for (int part = parts - 1; part >= 0; part--)
        {
            _packed.Run(
                new ConvolutionOperands
                {
                    Batch = _case.Batch,
                    Input = input.Span,
                    Residual = _problem.Residual is null ? [] : residual.Span,
                    Output = output.Span,
                    Scratch = scratch.Span,
                },
                part,
                parts);
        }

        Assert.True(MemoryMarshal.AsBytes(inputBefore.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(input.Span)), "wrote into the input");
        input.AssertWallsStand("input");
        output.AssertWallsStand("output");
        residual.AssertWallsStand("residual");
        scratch.AssertWallsStand("scratch");
        return ConvolutionMaps.Collect(output, _problem.Output, _case.Batch);
    }

    private float[] Numbers(string stream, int count)
    {
        CounterRandom random = new CounterRandom(7).Stream(stream).Stream(_case.Name);
        return [.. Enumerable.Range(0, count).Select(i => (float)random.Uniform((ulong)i, -1, 1))];
    }
}
