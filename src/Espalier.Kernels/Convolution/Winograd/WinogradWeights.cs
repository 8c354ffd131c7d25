using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Filters transformed in float64, once: <c>[panel][frequency][input channel][vectors x lanes]</c>.</summary>
/// <remarks>The filters of all output channels of a panel are transformed together, each in a lane of its own.</remarks>
internal static unsafe class WinogradWeights
{
    private const int Taps = 9;
    private const int LargestPoints = 6; // of F(4x4)

    internal static Memory<float> Pack(in ConvolutionProblem problem, ReadOnlySpan<double> filterMatrix, ReadOnlySpan<float> weights)
    {
        int lanes = problem.Output.Lanes;
        int points = filterMatrix.Length / 3;
        int frequencies = points * points;
        int inputs = problem.Input.Channels;
        Memory<float> packed = AlignedMemory.Allocate<float>((long)problem.Output.Blocks * lanes * inputs * frequencies);
        for (int block = 0; block < problem.Output.Blocks; block += 2)
        {
            int width = Math.Min(2, problem.Output.Blocks - block) * lanes;
            int firstOutput = block * lanes;
            int outputs = Math.Min(width, problem.Output.Channels - firstOutput);
            ReadOnlySpan<float> filters = weights.Slice(firstOutput * inputs * Taps, outputs * inputs * Taps);
            fixed (float* from = filters, to = packed.Span.Slice(block * lanes * inputs * frequencies, width * inputs * frequencies))
            fixed (double* matrix = filterMatrix)
            {
                PackPanel(from, to, matrix, points, inputs, outputs, width);
            }
        }

        return packed;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel(float* filters, float* panel, double* matrix, int points, int inputs, int outputs, int width)
    {
        double* gathered = stackalloc double[Taps * width]; // zeros for the lanes that hold no channel
        double* half = stackalloc double[LargestPoints * 3 * width];
        new Span<double>(gathered, Taps * width).Clear();
        for (int input = 0; input < inputs; input++)
        {
            for (int output = 0; output < outputs; output++)
            {
                float* filter = filters + ((((long)output * inputs) + input) * Taps);
                for (int tap = 0; tap < Taps; tap++)
                {
                    gathered[(tap * width) + output] = filter[tap];
                }
            }

            for (int row = 0; row < points; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    Combine(matrix + (3 * row), gathered + (column * width), 3 * width, half + (((row * 3) + column) * width), width);
                }
            }

            for (int frequency = 0; frequency < points * points; frequency++)
            {
                (int row, int column) = Math.DivRem(frequency, points);
                CombineAndRound(matrix + (3 * column), half + (row * 3 * width), width, panel + ((((long)frequency * inputs) + input) * width));
            }
        }
    }

    /// <summary>A row of G with three numbers, for all lanes, of which there are a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(double* row, double* source, int stride, double* target, int width)
    {
        (Vector256<double> a, Vector256<double> b, Vector256<double> c) = (Vector256.Create(row[0]), Vector256.Create(row[1]), Vector256.Create(row[2]));
        for (int lane = 0; lane < width; lane += Vector256<double>.Count)
        {
            double* at = source + lane;
            Vector256.Store((a * Vector256.Load(at)) + (b * Vector256.Load(at + stride)) + (c * Vector256.Load(at + (2 * stride))), target + lane);
        }
    }

    /// <summary>The same with numbers that follow each other, rounded to float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CombineAndRound(double* row, double* source, int width, float* target)
    {
        (Vector256<double> a, Vector256<double> b, Vector256<double> c) = (Vector256.Create(row[0]), Vector256.Create(row[1]), Vector256.Create(row[2]));
        for (int lane = 0; lane < width; lane += Vector256<double>.Count)
        {
            double* at = source + lane;
            Vector256<double> sum = (a * Vector256.Load(at)) + (b * Vector256.Load(at + width)) + (c * Vector256.Load(at + (2 * width)));
            Vector128.Store(Vector128.Narrow(sum.GetLower(), sum.GetUpper()), target + lane);
        }
    }
}
