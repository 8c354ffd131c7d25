using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Sums by intrinsics: up to 6 pixels x 4 vectors of outputs at a time, in registers.</summary>
internal sealed unsafe class VectorSumTile<TDot>(SumShape shape) : SumTile(shape) where TDot : unmanaged, IDot<TDot>
{
    internal override void Run(SumArguments* arguments)
    {
        int outputs = Shape.Vectors * SumShape.Outputs;
        int vectors = Math.Min(4, outputs / TDot.Outputs);
        for (int pixel = 0; pixel < Shape.Width; pixel += TDot.Pixels)
        {
            int pixels = Math.Min(TDot.Pixels, Shape.Width - pixel);
            for (int output = 0; output < outputs; output += vectors * TDot.Outputs)
            {
                if (vectors == 4)
                {
                    Run<Constant.C4>(arguments, pixel, pixels, output);
                }
                else
                {
                    Run<Constant.C2>(arguments, pixel, pixels, output);
                }
            }
        }
    }

    private void Run<TVectors>(SumArguments* arguments, int pixel, int pixels, int output) where TVectors : unmanaged, IConstant
    {
        switch (pixels)
        {
            case 1:
                Add<TVectors, Constant.C1>(arguments, pixel, output);
                break;
            case 2:
                Add<TVectors, Constant.C2>(arguments, pixel, output);
                break;
            case 3:
                Add<TVectors, Constant.C3>(arguments, pixel, output);
                break;
            case 4:
                Add<TVectors, Constant.C4>(arguments, pixel, output);
                break;
            case 5:
                Add<TVectors, Constant.C5>(arguments, pixel, output);
                break;
            default:
                Add<TVectors, Constant.C6>(arguments, pixel, output);
                break;
        }
    }

    /// <summary>The input of a pixel; for pixels that the tile does not have, of the last one.</summary>
    private nint Offset(SumArguments* arguments, int pixel) => InputOf(arguments, Math.Min(pixel, Shape.Width - 1));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<TVectors, TPixels>(SumArguments* arguments, int pixel, int output)
        where TVectors : unmanaged, IConstant
        where TPixels : unmanaged, IConstant
    {
        // Calls before the sums exist: across one, no vector stays in a register.
        nint p0 = Offset(arguments, pixel), p1 = Offset(arguments, pixel + 1), p2 = Offset(arguments, pixel + 2);
        nint p3 = Offset(arguments, pixel + 3), p4 = Offset(arguments, pixel + 4), p5 = Offset(arguments, pixel + 5);
        int* bias = arguments->Bias + output;
        TDot b0 = TDot.Bias(bias), b1 = TDot.Bias(bias + TDot.Outputs), b2 = b0, b3 = b1;
        if (sizeof(TVectors) > 2)
        {
            (b2, b3) = (TDot.Bias(bias + (2 * TDot.Outputs)), TDot.Bias(bias + (3 * TDot.Outputs)));
        }

        TDot s00 = b0, s01 = b1, s02 = b2, s03 = b3;
        TDot s10 = b0, s11 = b1, s12 = b2, s13 = b3;
        TDot s20 = b0, s21 = b1, s22 = b2, s23 = b3;
        TDot s30 = b0, s31 = b1, s32 = b2, s33 = b3;
        TDot s40 = b0, s41 = b1, s42 = b2, s43 = b3;
        TDot s50 = b0, s51 = b1, s52 = b2, s53 = b3;
        byte* input = arguments->Input;
        sbyte* weights = arguments->Weights + (output * SumShape.QuadChannels);
        int vectorBytes = TDot.Outputs * SumShape.QuadChannels;
        int stepBytes = Shape.StepBytes;
        int* offsets = arguments->Offsets;
        for (nint step = arguments->Steps; step > 0; step--)
        {
            byte* x = input + *offsets++;
            TDot w0 = TDot.Weights(weights), w1 = TDot.Weights(weights + vectorBytes), w2 = w0, w3 = w1;
            if (sizeof(TVectors) > 2)
            {
                (w2, w3) = (TDot.Weights(weights + (2 * vectorBytes)), TDot.Weights(weights + (3 * vectorBytes)));
            }

            Add<TVectors>(x + p0, w0, w1, w2, w3, ref s00, ref s01, ref s02, ref s03);
            if (sizeof(TPixels) > 1)
            {
                Add<TVectors>(x + p1, w0, w1, w2, w3, ref s10, ref s11, ref s12, ref s13);
            }

            if (sizeof(TPixels) > 2)
            {
                Add<TVectors>(x + p2, w0, w1, w2, w3, ref s20, ref s21, ref s22, ref s23);
            }

            if (sizeof(TPixels) > 3)
            {
                Add<TVectors>(x + p3, w0, w1, w2, w3, ref s30, ref s31, ref s32, ref s33);
            }

            if (sizeof(TPixels) > 4)
            {
                Add<TVectors>(x + p4, w0, w1, w2, w3, ref s40, ref s41, ref s42, ref s43);
            }

            if (sizeof(TPixels) > 5)
            {
                Add<TVectors>(x + p5, w0, w1, w2, w3, ref s50, ref s51, ref s52, ref s53);
            }

            weights += stepBytes;
        }

        int pitch = Shape.Vectors * SumShape.Outputs;
        int* sums = arguments->Sums + (pixel * pitch) + output;
        Store<TVectors>(sums, s00, s01, s02, s03);
        if (sizeof(TPixels) > 1)
        {
            Store<TVectors>(sums + pitch, s10, s11, s12, s13);
        }

        if (sizeof(TPixels) > 2)
        {
            Store<TVectors>(sums + (2 * pitch), s20, s21, s22, s23);
        }

        if (sizeof(TPixels) > 3)
        {
            Store<TVectors>(sums + (3 * pitch), s30, s31, s32, s33);
        }

        if (sizeof(TPixels) > 4)
        {
            Store<TVectors>(sums + (4 * pitch), s40, s41, s42, s43);
        }

        if (sizeof(TPixels) > 5)
        {
            Store<TVectors>(sums + (5 * pitch), s50, s51, s52, s53);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVectors>(byte* from, TDot w0, TDot w1, TDot w2, TDot w3, ref TDot s0, ref TDot s1, ref TDot s2, ref TDot s3)
        where TVectors : unmanaged, IConstant
    {
        TDot input = TDot.Input(from);
        TDot.AddProducts(ref s0, input, w0);
        TDot.AddProducts(ref s1, input, w1);
        if (sizeof(TVectors) > 2)
        {
            TDot.AddProducts(ref s2, input, w2);
            TDot.AddProducts(ref s3, input, w3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(int* to, TDot s0, TDot s1, TDot s2, TDot s3) where TVectors : unmanaged, IConstant
    {
        TDot.Store(to, s0);
        TDot.Store(to + TDot.Outputs, s1);
        if (sizeof(TVectors) > 2)
        {
            TDot.Store(to + (2 * TDot.Outputs), s2);
            TDot.Store(to + (3 * TDot.Outputs), s3);
        }
    }
}
