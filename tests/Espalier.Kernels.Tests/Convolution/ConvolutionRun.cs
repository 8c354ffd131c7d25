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
        GuardedBuffer input = Lay(_problem.Input, _input, _case.ReadBorder);
        GuardedBuffer output = new(_case.Batch * _problem.Output.Length);
        GuardedBuffer residual = output;
        if (_case.Residual == ResidualKind.Separate)
        {
            residual = Lay(_problem.Residual!.Value, _residual, default);
        }
        else if (_case.Residual == ResidualKind.SameAsOutput)
        {
            output = residual = Lay(_problem.Output, _residual, default);
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
        return Collect(output);
    }

    private float[] Numbers(string stream, int count)
    {
        CounterRandom random = new CounterRandom(7).Stream(stream).Stream(_case.Name);
        return [.. Enumerable.Range(0, count).Select(i => (float)random.Uniform((ulong)i, -1, 1))];
    }

    /// <summary>Pixels in place, zeros in the border that is read, NaN in the border that is not, and finite rubbish in lanes without a channel.</summary>
    private GuardedBuffer Lay(in BlockedLayout layout, float[] values, Border read)
    {
        const float Rubbish = 1e4f;
        var buffer = new GuardedBuffer(_case.Batch * layout.Length);
        int at = 0;
        for (int image = 0; image < _case.Batch; image++)
        {
            Span<float> span = buffer.Span.Slice(image * layout.Length, layout.Length);
            for (int channel = 0; channel < layout.Blocks * layout.Lanes; channel++)
            {
                for (int row = -read.Top; row < layout.Height + read.Bottom; row++)
                {
                    for (int column = -read.Left; column < layout.Width + read.Right; column++)
                    {
                        bool inside = row >= 0 && row < layout.Height && column >= 0 && column < layout.Width;
                        span[layout.Offset(channel, row, column)] = !inside ? 0 : channel >= layout.Channels ? Rubbish : values[at++];
                    }
                }
            }
        }

        return buffer;
    }

    private float[] Collect(GuardedBuffer output)
    {
        BlockedLayout layout = _problem.Output;
        var values = new float[OutputCount];
        int at = 0;
        for (int image = 0; image < _case.Batch; image++)
        {
            for (int channel = 0; channel < layout.Blocks * layout.Lanes; channel++)
            {
                for (int row = -layout.Border.Top; row < layout.Height + layout.Border.Bottom; row++)
                {
                    for (int column = -layout.Border.Left; column < layout.Width + layout.Border.Right; column++)
                    {
                        int index = (image * layout.Length) + layout.Offset(channel, row, column);
                        bool inside = row >= 0 && row < layout.Height && column >= 0 && column < layout.Width;
                        if (!inside && !output.IsUntouched(index))
                        {
                            Assert.Fail($"wrote into the border at ({row}, {column})");
                        }

                        if (inside && channel < layout.Channels)
                        {
                            values[at++] = output.Span[index];
                        }
                        else if (inside && output.IsUntouched(index))
                        {
                            Assert.Fail($"left a lane without a channel at ({row}, {column}) as it was, which may be NaN");
                        }
                    }
                }
            }
        }

        return values;
    }
}
