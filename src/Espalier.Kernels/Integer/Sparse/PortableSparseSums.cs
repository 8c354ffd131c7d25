using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary><see cref="SparseSums"/> on any machine, four pixels at a time.</summary>
internal sealed unsafe class PortableSparseSums(int width) : SparseSums(width)
{
    private const int FourPixels = 4;

    internal override void Run(SparseSumArguments* arguments, bool isFirst)
    {
        int pixels = Width * Pixels;
        for (; arguments->Rows > 0; arguments->Rows--)
        {
            int count = *arguments->Counts++;
            int bias = *arguments->Bias++;
            for (int pixel = 0; pixel < pixels; pixel += FourPixels)
            {
                int* to = arguments->Sums + pixel;
                Vector128<int> sums = isFirst ? Vector128.Create(bias) : Vector128.Load(to);
                Vector128.Store(Add(sums, arguments->Input + (pixel * SumShape.QuadChannels), arguments->Places, (int*)arguments->Values, count), to);
            }

            arguments->Sums += pixels;
            arguments->Places += count;
            arguments->Values += count * SumShape.QuadChannels;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector128<int> Add(Vector128<int> sums, byte* input, ushort* places, int* weights, int count)
    {
        nint stride = Width * VectorBytes;
        Vector128<int> lowByte = Vector128.Create(0x00FF00FF);
        for (int i = 0; i < count; i++)
        {
            Vector128<int> x = Vector128.Load((int*)(input + (places[i] * stride)));
            Vector128<int> w = Vector128.Create(weights[i]);
            Vector128<short> even = (x & lowByte).AsInt16(), odd = (Vector128.ShiftRightLogical(x, 8) & lowByte).AsInt16();
            Vector128<short> evenWeights = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(w.AsInt16(), 8), 8), oddWeights = Vector128.ShiftRightArithmetic(w.AsInt16(), 8);
            sums += Pairs(even * evenWeights) + Pairs(odd * oddWeights); // 255 x 128 is an int16
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<short> products) =>
        Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(products.AsInt32(), 16), 16) + Vector128.ShiftRightArithmetic(products.AsInt32(), 16);
}
