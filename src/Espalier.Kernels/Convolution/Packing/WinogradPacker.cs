using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>Transforms Winograd filters in double precision and packs them: <c>[panel][frequency][input channel][vectors x lanes]</c>.</summary>
internal sealed unsafe class WinogradPacker(ConvolutionProblem problem, double[] filterMatrix)
    : WeightPacker(problem, (long)problem.Output.PaddedChannels * problem.Input.Channels * (filterMatrix.Length / 3) * (filterMatrix.Length / 3))
{
    private const int Positions = 9;
    private const int Together = 8; // filters per vector of doubles

    private protected override int Panels => (Problem.Output.Blocks + 1) / 2;

    private protected override void PackPanel(in FilterBank filters, int index)
    {
        int lanes = Problem.Output.Lanes;
        int points = filterMatrix.Length / 3;
        int inputs = Problem.Input.Channels;
        int width = Math.Min(2, Problem.Output.Blocks - (2 * index)) * lanes;
        int firstOutput = 2 * index * lanes;
        int outputs = Math.Min(width, Problem.Output.Channels - firstOutput);
        Span<double> gathered = stackalloc double[Positions * Together];
        gathered.Clear();
        fixed (float* from = filters.Weights, packed = Weights.Span)
        fixed (double* values = gathered)
        {
            float* panel = packed + ((long)firstOutput * inputs * points * points);
            for (int input = 0; input < inputs; input++)
            {
                for (int first = 0; first < outputs; first += Together)
                {
                    int count = Math.Min(Together, outputs - first);
                    for (int lane = 0; lane < count; lane++)
                    {
                        float* filter = from + filters.First(firstOutput + first + lane) + ((nint)input * filters.InputStride);
                        for (int position = 0; position < Positions; position++)
                        {
                            values[(position * Together) + lane] = filter[filters.Positions[position]];
                        }
                    }

                    Transform(values, panel + ((nint)input * width) + first, (nint)inputs * width, Math.Min(Together, width - first));
                }
            }
        }
    }

    /// <summary>G g Gᵀ of up to 8 filters at a time, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(double* filters, float* target, nint frequency, int count)
    {
        fixed (double* matrix = filterMatrix)
        {
            double* end = matrix + filterMatrix.Length;
            for (double* row = matrix; row < end; row += 3)
            {
                Vector512<double> left = Line(row, Tap(filters, 0), Tap(filters, 3), Tap(filters, 6));
                Vector512<double> middle = Line(row, Tap(filters, 1), Tap(filters, 4), Tap(filters, 7));
                Vector512<double> right = Line(row, Tap(filters, 2), Tap(filters, 5), Tap(filters, 8));
                for (double* column = matrix; column < end; column += 3, target += frequency)
                {
                    Vector512<double> value = Line(column, left, middle, right);
                    Vector256<float> rounded = Vector256.Narrow(value.GetLower(), value.GetUpper());
                    if (count == Together)
                    {
                        rounded.Store(target);
                    }
                    else
                    {
                        rounded.GetLower().Store(target); // vectors of 4 lanes
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Tap(double* filters, int position) => Vector512.Load(filters + (position * Together));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Line(double* factors, Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        (Vector512.Create(factors[0]) * a) + (Vector512.Create(factors[1]) * b) + (Vector512.Create(factors[2]) * c);
}
