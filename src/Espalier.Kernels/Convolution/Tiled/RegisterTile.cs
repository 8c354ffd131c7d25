using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>
/// The register tile of direct convolutions: <typeparamref name="TWidth"/> output pixels by
/// <typeparamref name="TVectors"/> vectors of output channels, whose sums stay in registers for all input channels and kernel positions.
/// </summary>
/// <remarks>
/// One step loads the weights of one input channel for all output channels of the tile, reads that channel of each pixel, and multiplies-adds:
/// with broadcast scalars and 14 x 2 sums that is 28 fused multiply-adds for 16 loads, using 28 + 2 + 1 of AVX-512's 32 registers. The
/// accumulators are separate variables because only locals are kept in registers; comparisons with the size of <typeparamref name="TWidth"/> (see
/// <see cref="Constant"/>) are compile-time constants.
/// </remarks>
/// <typeparam name="TLanes">The vector type.</typeparam>
/// <typeparam name="TWidth">Number of pixels, 1 to 14.</typeparam>
/// <typeparam name="TVectors">Number of vectors of output channels, 1 or 2.</typeparam>
/// <typeparam name="TInput">How the output lanes get their input.</typeparam>
internal static unsafe class RegisterTile<TLanes, TWidth, TVectors, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TWidth : unmanaged, IConstant
    where TVectors : unmanaged, IConstant
    where TInput : struct, IPixelInput<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(TileArguments* tile)
    {
        nint pixel = tile->PixelStride;
        float* weights = tile->Weights;
        nint ahead = tile->NextInput;
        nint lastRow = (tile->KernelHeight - 1) * tile->TapRowStride; // the rows above it have been read for the tiles above
        float* prefetch = tile->Prefetch;
        nint prefetchStep = tile->PrefetchStep;
        TLanes biasA = TLanes.Load(tile->Bias);
        TLanes biasB = sizeof(TVectors) > 1 ? TLanes.Load(tile->Bias + TLanes.Count) : biasA;
        TLanes a0 = biasA, a1 = biasA, a2 = biasA, a3 = biasA, a4 = biasA, a5 = biasA, a6 = biasA,
            a7 = biasA, a8 = biasA, a9 = biasA, a10 = biasA, a11 = biasA, a12 = biasA, a13 = biasA;
        TLanes b0 = biasB, b1 = biasB, b2 = biasB, b3 = biasB, b4 = biasB, b5 = biasB, b6 = biasB,
            b7 = biasB, b8 = biasB, b9 = biasB, b10 = biasB, b11 = biasB, b12 = biasB, b13 = biasB;

        float* firstBlock = tile->Input;
        float* secondBlock = tile->SecondInput;
        int lanes = tile->InputLanes;
        int lane = tile->FirstLane;
        int waiting = (sizeof(TWidth) + 1) / 2; // pixels of each run whose output is not yet prefetched
        for (int channels = tile->Channels; channels > 0;)
        {
            int count = Math.Min(lanes - lane, channels);
            TilePrefetch<TLanes, TWidth, TVectors>.Pixels(firstBlock + ahead + lastRow, secondBlock + ahead + lastRow, pixel, ahead != 0);
            for (int wanted = tile->FetchedResults; wanted > 0 && waiting > 0; wanted--) TilePrefetch<TLanes, TWidth, TVectors>.Results(tile, --waiting);
            float* firstRow = firstBlock + lane;
            float* secondRow = secondBlock + lane;
            for (int row = tile->KernelHeight; row > 0; row--)
            {
                float* firstTap = firstRow;
                float* secondTap = secondRow;
                for (int column = tile->KernelWidth; column > 0; column--)
                {
                    float* selectors = tile->Selectors;
                    float* first = firstTap;
                    float* second = secondTap;
                    for (int step = count; step > 0; step--)
                    {
                        TLanes wa = TLanes.Load(weights);
                        TLanes wb = sizeof(TVectors) > 1 ? TLanes.Load(weights + TLanes.Count) : wa;
                        TLanes selector = TInput.Selects ? TLanes.Load(selectors) : wa;
                        TLanes x;
                        { x = TInput.Read(Pixel(first, second, pixel, 0), selector); TLanes.AddProduct(ref a0, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b0, wb, x); }
                        if (sizeof(TWidth) > 1) { x = TInput.Read(Pixel(first, second, pixel, 1), selector); TLanes.AddProduct(ref a1, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b1, wb, x); }
                        if (sizeof(TWidth) > 2) { x = TInput.Read(Pixel(first, second, pixel, 2), selector); TLanes.AddProduct(ref a2, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b2, wb, x); }
                        if (sizeof(TWidth) > 3) { x = TInput.Read(Pixel(first, second, pixel, 3), selector); TLanes.AddProduct(ref a3, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b3, wb, x); }
                        if (sizeof(TWidth) > 4) { x = TInput.Read(Pixel(first, second, pixel, 4), selector); TLanes.AddProduct(ref a4, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b4, wb, x); }
                        if (sizeof(TWidth) > 5) { x = TInput.Read(Pixel(first, second, pixel, 5), selector); TLanes.AddProduct(ref a5, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b5, wb, x); }
                        if (sizeof(TWidth) > 6) { x = TInput.Read(Pixel(first, second, pixel, 6), selector); TLanes.AddProduct(ref a6, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b6, wb, x); }
                        if (sizeof(TWidth) > 7) { x = TInput.Read(Pixel(first, second, pixel, 7), selector); TLanes.AddProduct(ref a7, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b7, wb, x); }
                        if (sizeof(TWidth) > 8) { x = TInput.Read(Pixel(first, second, pixel, 8), selector); TLanes.AddProduct(ref a8, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b8, wb, x); }
                        if (sizeof(TWidth) > 9) { x = TInput.Read(Pixel(first, second, pixel, 9), selector); TLanes.AddProduct(ref a9, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b9, wb, x); }
                        if (sizeof(TWidth) > 10) { x = TInput.Read(Pixel(first, second, pixel, 10), selector); TLanes.AddProduct(ref a10, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b10, wb, x); }
                        if (sizeof(TWidth) > 11) { x = TInput.Read(Pixel(first, second, pixel, 11), selector); TLanes.AddProduct(ref a11, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b11, wb, x); }
                        if (sizeof(TWidth) > 12) { x = TInput.Read(Pixel(first, second, pixel, 12), selector); TLanes.AddProduct(ref a12, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b12, wb, x); }
                        if (sizeof(TWidth) > 13) { x = TInput.Read(Pixel(first, second, pixel, 13), selector); TLanes.AddProduct(ref a13, wa, x); if (sizeof(TVectors) > 1) TLanes.AddProduct(ref b13, wb, x); }
                        Prefetch.DistantLine(prefetch);
                        prefetch += prefetchStep;
                        weights += sizeof(TVectors) * TLanes.Count;
                        first += TInput.Step;
                        second += TInput.Step;
                        selectors += TLanes.Count;
                    }

                    firstTap += tile->TapColumnStride;
                    secondTap += tile->TapColumnStride;
                }

                firstRow += tile->TapRowStride;
                secondRow += tile->TapRowStride;
            }

            firstBlock += tile->InputBlockStride;
            secondBlock += tile->InputBlockStride;
            channels -= count;
            lane = 0;
        }

        if (tile->Residual != null)
        {
            float* firstResidual = tile->Residual;
            float* secondResidual = tile->SecondResidual;
            nint block = tile->ResidualBlockStride;
            { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 0); a0 = TLanes.Add(a0, TLanes.Load(r)); if (sizeof(TVectors) > 1) b0 = TLanes.Add(b0, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 1) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 1); a1 = TLanes.Add(a1, TLanes.Load(r)); if (sizeof(TVectors) > 1) b1 = TLanes.Add(b1, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 2) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 2); a2 = TLanes.Add(a2, TLanes.Load(r)); if (sizeof(TVectors) > 1) b2 = TLanes.Add(b2, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 3) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 3); a3 = TLanes.Add(a3, TLanes.Load(r)); if (sizeof(TVectors) > 1) b3 = TLanes.Add(b3, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 4) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 4); a4 = TLanes.Add(a4, TLanes.Load(r)); if (sizeof(TVectors) > 1) b4 = TLanes.Add(b4, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 5) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 5); a5 = TLanes.Add(a5, TLanes.Load(r)); if (sizeof(TVectors) > 1) b5 = TLanes.Add(b5, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 6) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 6); a6 = TLanes.Add(a6, TLanes.Load(r)); if (sizeof(TVectors) > 1) b6 = TLanes.Add(b6, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 7) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 7); a7 = TLanes.Add(a7, TLanes.Load(r)); if (sizeof(TVectors) > 1) b7 = TLanes.Add(b7, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 8) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 8); a8 = TLanes.Add(a8, TLanes.Load(r)); if (sizeof(TVectors) > 1) b8 = TLanes.Add(b8, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 9) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 9); a9 = TLanes.Add(a9, TLanes.Load(r)); if (sizeof(TVectors) > 1) b9 = TLanes.Add(b9, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 10) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 10); a10 = TLanes.Add(a10, TLanes.Load(r)); if (sizeof(TVectors) > 1) b10 = TLanes.Add(b10, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 11) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 11); a11 = TLanes.Add(a11, TLanes.Load(r)); if (sizeof(TVectors) > 1) b11 = TLanes.Add(b11, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 12) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 12); a12 = TLanes.Add(a12, TLanes.Load(r)); if (sizeof(TVectors) > 1) b12 = TLanes.Add(b12, TLanes.Load(r + block)); }
            if (sizeof(TWidth) > 13) { float* r = Pixel(firstResidual, secondResidual, TLanes.Count, 13); a13 = TLanes.Add(a13, TLanes.Load(r)); if (sizeof(TVectors) > 1) b13 = TLanes.Add(b13, TLanes.Load(r + block)); }
        }

        if (tile->Clamps)
        {
            TLanes low = TLanes.Broadcast(tile->Low);
            TLanes high = TLanes.Broadcast(tile->High);
            { a0 = Clamp(a0, low, high); if (sizeof(TVectors) > 1) b0 = Clamp(b0, low, high); }
            if (sizeof(TWidth) > 1) { a1 = Clamp(a1, low, high); if (sizeof(TVectors) > 1) b1 = Clamp(b1, low, high); }
            if (sizeof(TWidth) > 2) { a2 = Clamp(a2, low, high); if (sizeof(TVectors) > 1) b2 = Clamp(b2, low, high); }
            if (sizeof(TWidth) > 3) { a3 = Clamp(a3, low, high); if (sizeof(TVectors) > 1) b3 = Clamp(b3, low, high); }
            if (sizeof(TWidth) > 4) { a4 = Clamp(a4, low, high); if (sizeof(TVectors) > 1) b4 = Clamp(b4, low, high); }
            if (sizeof(TWidth) > 5) { a5 = Clamp(a5, low, high); if (sizeof(TVectors) > 1) b5 = Clamp(b5, low, high); }
            if (sizeof(TWidth) > 6) { a6 = Clamp(a6, low, high); if (sizeof(TVectors) > 1) b6 = Clamp(b6, low, high); }
            if (sizeof(TWidth) > 7) { a7 = Clamp(a7, low, high); if (sizeof(TVectors) > 1) b7 = Clamp(b7, low, high); }
            if (sizeof(TWidth) > 8) { a8 = Clamp(a8, low, high); if (sizeof(TVectors) > 1) b8 = Clamp(b8, low, high); }
            if (sizeof(TWidth) > 9) { a9 = Clamp(a9, low, high); if (sizeof(TVectors) > 1) b9 = Clamp(b9, low, high); }
            if (sizeof(TWidth) > 10) { a10 = Clamp(a10, low, high); if (sizeof(TVectors) > 1) b10 = Clamp(b10, low, high); }
            if (sizeof(TWidth) > 11) { a11 = Clamp(a11, low, high); if (sizeof(TVectors) > 1) b11 = Clamp(b11, low, high); }
            if (sizeof(TWidth) > 12) { a12 = Clamp(a12, low, high); if (sizeof(TVectors) > 1) b12 = Clamp(b12, low, high); }
            if (sizeof(TWidth) > 13) { a13 = Clamp(a13, low, high); if (sizeof(TVectors) > 1) b13 = Clamp(b13, low, high); }
        }

        float* firstOutput = tile->Output;
        float* secondOutput = tile->SecondOutput;
        nint next = tile->OutputBlockStride;
        Store(Pixel(firstOutput, secondOutput, TLanes.Count, 0), next, a0, b0);
        if (sizeof(TWidth) > 1) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 1), next, a1, b1);
        if (sizeof(TWidth) > 2) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 2), next, a2, b2);
        if (sizeof(TWidth) > 3) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 3), next, a3, b3);
        if (sizeof(TWidth) > 4) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 4), next, a4, b4);
        if (sizeof(TWidth) > 5) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 5), next, a5, b5);
        if (sizeof(TWidth) > 6) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 6), next, a6, b6);
        if (sizeof(TWidth) > 7) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 7), next, a7, b7);
        if (sizeof(TWidth) > 8) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 8), next, a8, b8);
        if (sizeof(TWidth) > 9) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 9), next, a9, b9);
        if (sizeof(TWidth) > 10) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 10), next, a10, b10);
        if (sizeof(TWidth) > 11) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 11), next, a11, b11);
        if (sizeof(TWidth) > 12) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 12), next, a12, b12);
        if (sizeof(TWidth) > 13) Store(Pixel(firstOutput, secondOutput, TLanes.Count, 13), next, a13, b13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Pixel(float* first, float* second, nint stride, int index) =>
        index < (sizeof(TWidth) + 1) / 2 ? first + (index * stride) : second + ((index - ((sizeof(TWidth) + 1) / 2)) * stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Clamp(TLanes value, TLanes low, TLanes high) => TLanes.Min(high, TLanes.Max(low, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* output, nint next, TLanes a, TLanes b)
    {
        TLanes.Store(output, a);
        if (sizeof(TVectors) > 1) TLanes.Store(output + next, b);
    }
}
