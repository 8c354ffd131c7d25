using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The inner loop of weight gradients: for each row and vector the sum of input times output gradient over some pixels.</summary>
/// <remarks>
/// All sums stay in registers, which is why they are 28 variables and not an array; comparisons with <typeparamref name="TRows"/> are compile-time
/// constants. They start at zero and are added to memory at the end: partial sums have smaller rounding errors than one long sum.
/// </remarks>
/// <typeparam name="TLanes">The vector type.</typeparam>
/// <typeparam name="TRows">Number of rows, 1 to 14.</typeparam>
/// <typeparam name="TVectors">Number of vectors of output channels, 1 or 2.</typeparam>
/// <typeparam name="TInput">Whether a row is one value for all output channels, or a vector.</typeparam>
internal static unsafe class WeightTile<TLanes, TRows, TVectors, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TRows : struct, IConstant
    where TVectors : struct, IConstant
    where TInput : struct, IPixelInput<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(WeightTileArguments* tile)
    {
        nint pixel = tile->PixelStride;
        nint row = tile->RowStride;
        nint next = tile->GradientBlockStride;
        TLanes zero = TLanes.Zero;
        TLanes a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero,
            a7 = zero, a8 = zero, a9 = zero, a10 = zero, a11 = zero, a12 = zero, a13 = zero;
        TLanes b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero,
            b7 = zero, b8 = zero, b9 = zero, b10 = zero, b11 = zero, b12 = zero, b13 = zero;
        float* firstInput = tile->Input;
        float* firstGradient = tile->Gradient;
        for (int image = tile->Images; image > 0; image--)
        {
            float* input = firstInput;
            float* gradient = firstGradient;
            for (int line = tile->Lines; line > 0; line--)
            {
                float* x = input;
                float* end = gradient + tile->LineLength;
                for (float* g = gradient; g < end; g += TLanes.Count)
                {
                    TLanes ga = TLanes.Load(g);
                    TLanes gb = TVectors.Value > 1 ? TLanes.Load(g + next) : ga;
                    TLanes value;
                    { value = Read(x, row, 0); a0 = TLanes.MultiplyAdd(ga, value, a0); if (TVectors.Value > 1) b0 = TLanes.MultiplyAdd(gb, value, b0); }
                    if (TRows.Value > 1) { value = Read(x, row, 1); a1 = TLanes.MultiplyAdd(ga, value, a1); if (TVectors.Value > 1) b1 = TLanes.MultiplyAdd(gb, value, b1); }
                    if (TRows.Value > 2) { value = Read(x, row, 2); a2 = TLanes.MultiplyAdd(ga, value, a2); if (TVectors.Value > 1) b2 = TLanes.MultiplyAdd(gb, value, b2); }
                    if (TRows.Value > 3) { value = Read(x, row, 3); a3 = TLanes.MultiplyAdd(ga, value, a3); if (TVectors.Value > 1) b3 = TLanes.MultiplyAdd(gb, value, b3); }
                    if (TRows.Value > 4) { value = Read(x, row, 4); a4 = TLanes.MultiplyAdd(ga, value, a4); if (TVectors.Value > 1) b4 = TLanes.MultiplyAdd(gb, value, b4); }
                    if (TRows.Value > 5) { value = Read(x, row, 5); a5 = TLanes.MultiplyAdd(ga, value, a5); if (TVectors.Value > 1) b5 = TLanes.MultiplyAdd(gb, value, b5); }
                    if (TRows.Value > 6) { value = Read(x, row, 6); a6 = TLanes.MultiplyAdd(ga, value, a6); if (TVectors.Value > 1) b6 = TLanes.MultiplyAdd(gb, value, b6); }
                    if (TRows.Value > 7) { value = Read(x, row, 7); a7 = TLanes.MultiplyAdd(ga, value, a7); if (TVectors.Value > 1) b7 = TLanes.MultiplyAdd(gb, value, b7); }
                    if (TRows.Value > 8) { value = Read(x, row, 8); a8 = TLanes.MultiplyAdd(ga, value, a8); if (TVectors.Value > 1) b8 = TLanes.MultiplyAdd(gb, value, b8); }
                    if (TRows.Value > 9) { value = Read(x, row, 9); a9 = TLanes.MultiplyAdd(ga, value, a9); if (TVectors.Value > 1) b9 = TLanes.MultiplyAdd(gb, value, b9); }
                    if (TRows.Value > 10) { value = Read(x, row, 10); a10 = TLanes.MultiplyAdd(ga, value, a10); if (TVectors.Value > 1) b10 = TLanes.MultiplyAdd(gb, value, b10); }
                    if (TRows.Value > 11) { value = Read(x, row, 11); a11 = TLanes.MultiplyAdd(ga, value, a11); if (TVectors.Value > 1) b11 = TLanes.MultiplyAdd(gb, value, b11); }
                    if (TRows.Value > 12) { value = Read(x, row, 12); a12 = TLanes.MultiplyAdd(ga, value, a12); if (TVectors.Value > 1) b12 = TLanes.MultiplyAdd(gb, value, b12); }
                    if (TRows.Value > 13) { value = Read(x, row, 13); a13 = TLanes.MultiplyAdd(ga, value, a13); if (TVectors.Value > 1) b13 = TLanes.MultiplyAdd(gb, value, b13); }
                    x += pixel;
                }

                input += tile->InputLineStride;
                gradient += tile->GradientLineStride;
            }

            firstInput += tile->InputImageStride;
            firstGradient += tile->GradientImageStride;
        }

        float* sums = tile->Sums;
        AddTo(sums, 0, a0, b0);
        if (TRows.Value > 1) AddTo(sums, 1, a1, b1);
        if (TRows.Value > 2) AddTo(sums, 2, a2, b2);
        if (TRows.Value > 3) AddTo(sums, 3, a3, b3);
        if (TRows.Value > 4) AddTo(sums, 4, a4, b4);
        if (TRows.Value > 5) AddTo(sums, 5, a5, b5);
        if (TRows.Value > 6) AddTo(sums, 6, a6, b6);
        if (TRows.Value > 7) AddTo(sums, 7, a7, b7);
        if (TRows.Value > 8) AddTo(sums, 8, a8, b8);
        if (TRows.Value > 9) AddTo(sums, 9, a9, b9);
        if (TRows.Value > 10) AddTo(sums, 10, a10, b10);
        if (TRows.Value > 11) AddTo(sums, 11, a11, b11);
        if (TRows.Value > 12) AddTo(sums, 12, a12, b12);
        if (TRows.Value > 13) AddTo(sums, 13, a13, b13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Read(float* x, nint stride, int row) => TInput.Read(TInput.Step == 1 ? x + row : x + (row * stride), TLanes.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* sums, int row, TLanes a, TLanes b)
    {
        float* to = sums + (row * TVectors.Value * TLanes.Count);
        TLanes.Store(to, TLanes.Add(TLanes.Load(to), a));
        if (TVectors.Value > 1) TLanes.Store(to + TLanes.Count, TLanes.Add(TLanes.Load(to + TLanes.Count), b));
    }
}
