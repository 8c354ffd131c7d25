namespace Espalier.Kernels;

/// <summary>Sums by plain loops, which any machine runs.</summary>
internal sealed unsafe class PlainSumTile(SumShape shape) : SumTile(shape)
{
    internal override void Run(SumArguments* arguments)
    {
        int outputs = Shape.Vectors * SumShape.Outputs;
        for (int pixel = 0; pixel < Shape.Width; pixel++)
        {
            byte* input = arguments->Input + Shape.PixelOffset(pixel) + (pixel < Shape.FirstRun ? 0 : arguments->SecondRun);
            int* sums = arguments->Sums + (pixel * outputs);
            new ReadOnlySpan<int>(arguments->Bias, outputs).CopyTo(new Span<int>(sums, outputs));
            for (nint step = 0; step < arguments->Steps; step++)
            {
                AddStep(input + arguments->Offsets[step], arguments->Weights + (step * Shape.StepBytes), sums, outputs);
            }
        }
    }

    private static void AddStep(byte* input, sbyte* weights, int* sums, int outputs)
    {
        for (int o = 0; o < outputs; o++, weights += SumShape.QuadChannels)
        {
            sums[o] += (input[0] * weights[0]) + (input[1] * weights[1]) + (input[2] * weights[2]) + (input[3] * weights[3]);
        }
    }
}
