namespace Espalier.Kernels;

/// <summary>Sums by plain loops, which any machine runs, from weights packed by any <see cref="SumPattern"/>.</summary>
internal sealed unsafe class PlainSumTile(SumShape shape) : SumTile(shape)
{
    private const int Quad = SumShape.QuadChannels;

    internal override void Run(SumArguments* arguments)
    {
        int outputs = Shape.Vectors * SumShape.Outputs;
        for (int pixel = 0; pixel < Shape.Width; pixel++)
        {
            byte* input = arguments->Input + InputOf(arguments, pixel);
            int* sums = arguments->Sums + (pixel * outputs);
            new ReadOnlySpan<int>(arguments->Bias, outputs).CopyTo(new Span<int>(sums, outputs));
            for (int i = 0; i < arguments->Steps; i++)
            {
                byte* at = input + arguments->Offsets[i];
                switch (Shape.Pattern)
                {
                    case SumPattern.Quads:
                        AddStep(at, arguments->Weights + (i * Shape.StepBytes), sums, outputs);
                        break;
                    case SumPattern.WordQuads:
                        AddWords(at, (short*)(arguments->Weights + (i * Shape.StepBytes)), sums, outputs);
                        break;
                    case SumPattern.GroupQuads:
                        AddGroups(at, arguments->Weights + (i * Shape.Quads * Shape.StepBytes), sums);
                        break;
                    default:
                        AddPosition(at, arguments->Weights + PositionOf(i), sums);
                        break;
                }
            }
        }
    }

    /// <summary>Weights of the first channel at a kernel position of a depthwise convolution.</summary>
    private int PositionOf(int position)
    {
        if (Shape.Pattern == SumPattern.TapPairs)
        {
            return (position / 2 * 2 * SumShape.Outputs) + (position % 2);
        }

        (int row, int column) = Math.DivRem(position, Shape.KernelWidth);
        (int quad, int within) = Math.DivRem(column, SumShape.TapQuadColumns);
        return (((row * Shape.TapShifts * Shape.TapQuads) + quad) * Shape.StepBytes) + within; // those without a shift
    }

    private void AddPosition(byte* input, sbyte* weights, int* sums)
    {
        int step = Shape.Pattern == SumPattern.TapPairs ? 2 : SumShape.TapQuadColumns;
        for (int channel = 0; channel < SumShape.Outputs; channel++)
        {
            sums[channel] += input[channel] * weights[channel * step];
        }
    }

    private void AddGroups(byte* input, sbyte* weights, int* sums)
    {
        for (int step = 0; step < Shape.Quads; step++)
        {
            for (int lane = 0; lane < SumShape.Outputs; lane++, weights += Quad)
            {
                sums[SumShape.OutputOfLane(lane)] += Products(input + (((lane % 4) ^ step) * Quad), weights);
            }
        }
    }

    private static void AddStep(byte* input, sbyte* weights, int* sums, int outputs)
    {
        for (int o = 0; o < outputs; o++, weights += Quad)
        {
            sums[o] += Products(input, weights);
        }
    }

    private static void AddWords(byte* input, short* weights, int* sums, int outputs)
    {
        for (int o = 0; o < outputs; o++)
        {
            (int vector, int lane) = Math.DivRem(o, SumShape.Outputs);
            short* even = weights + (vector * SumShape.Outputs * Quad) + (lane * 2), odd = even + (2 * SumShape.Outputs);
            sums[o] += (input[0] * even[0]) + (input[1] * odd[0]) + (input[2] * even[1]) + (input[3] * odd[1]);
        }
    }

    private static int Products(byte* input, sbyte* weights) => (input[0] * weights[0]) + (input[1] * weights[1]) + (input[2] * weights[2]) + (input[3] * weights[3]);
}
