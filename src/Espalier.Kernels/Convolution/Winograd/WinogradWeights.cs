using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Filters transformed in float64, once: <c>[panel][frequency][input channel][vectors x lanes]</c>.</summary>
internal static class WinogradWeights
{
    private const int Taps = 9;

    internal static Memory<float> Pack(in ConvolutionProblem problem, ReadOnlySpan<double> filterMatrix, ReadOnlySpan<float> weights)
    {
        int lanes = problem.Output.Lanes;
        int points = filterMatrix.Length / 3;
        int frequencies = points * points;
        int inputs = problem.Input.Channels;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * lanes * inputs * frequencies);
        Span<float> transformed = new float[frequencies * 2 * lanes];
        for (int block = 0; block < problem.Output.Blocks; block += 2)
        {
            int width = Math.Min(2, problem.Output.Blocks - block) * lanes;
            int firstOutput = block * lanes;
            int outputs = Math.Min(width, problem.Output.Channels - firstOutput);
            Span<float> panel = packed.Span.Slice(block * lanes * inputs * frequencies, width * inputs * frequencies);
            transformed.Clear();
            for (int input = 0; input < inputs; input++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    ReadOnlySpan<float> filter = weights.Slice((((firstOutput + output) * inputs) + input) * Taps, Taps);
                    Transform(filterMatrix, filter, transformed[output..], width);
                }

                for (int frequency = 0; frequency < frequencies; frequency++)
                {
                    transformed.Slice(frequency * width, width).CopyTo(panel[(((frequency * inputs) + input) * width)..]);
                }
            }
        }

        return packed;
    }

    /// <summary>G g Gᵀ.</summary>
    private static void Transform(ReadOnlySpan<double> matrix, ReadOnlySpan<float> filter, Span<float> target, int stride)
    {
        int points = matrix.Length / 3;
        for (int row = 0; row < points; row++)
        {
            (double r0, double r1, double r2) = (matrix[3 * row], matrix[(3 * row) + 1], matrix[(3 * row) + 2]);
            double left = (r0 * filter[0]) + (r1 * filter[3]) + (r2 * filter[6]);
            double middle = (r0 * filter[1]) + (r1 * filter[4]) + (r2 * filter[7]);
            double right = (r0 * filter[2]) + (r1 * filter[5]) + (r2 * filter[8]);
            for (int column = 0; column < points; column++)
            {
                double value = (matrix[3 * column] * left) + (matrix[(3 * column) + 1] * middle) + (matrix[(3 * column) + 2] * right);
                target[((row * points) + column) * stride] = (float)value;
            }
        }
    }
}
