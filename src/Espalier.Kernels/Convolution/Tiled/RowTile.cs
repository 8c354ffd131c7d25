using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>
/// The register tile for kernels with three columns, stride and dilation 1 along rows, and one vector of output channels: each pixel is loaded, or shuffled, once for all
/// three kernel columns that use it.
/// </summary>
/// <remarks>
/// <see cref="RegisterTile{TLanes, TWidth, TVectors, TInput}"/> loads a pixel for every product if there is only one vector of output channels, and the processor can load at most as much as it
/// multiplies: for groups of 4 channels, which also need shuffles, that leaves less than half of the peak. Here 14 pixels need 18 loads for 42 products. The two runs of a tile are independent.
/// </remarks>
/// <typeparam name="TLanes">The vector type.</typeparam>
/// <typeparam name="TWidth">Number of pixels, 1 to 14.</typeparam>
/// <typeparam name="TInput">How the output lanes get their input.</typeparam>
internal static unsafe class RowTile<TLanes, TWidth, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TWidth : unmanaged, IConstant
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
        TLanes bias = TLanes.Load(tile->Bias);
        TLanes a0 = bias, a1 = bias, a2 = bias, a3 = bias, a4 = bias, a5 = bias, a6 = bias,
            b0 = bias, b1 = bias, b2 = bias, b3 = bias, b4 = bias, b5 = bias, b6 = bias;

        float* firstBlock = tile->Input;
        float* secondBlock = tile->SecondInput;
        int lane = tile->FirstLane;
        int waiting = (sizeof(TWidth) + 1) / 2; // pixels of each run whose output is not yet prefetched
        for (int channels = tile->Channels; channels > 0;)
        {
            int count = Math.Min(tile->InputLanes - lane, channels);
            TilePrefetch<TLanes, TWidth, Constant.C1>.Pixels(firstBlock + ahead + lastRow, secondBlock + ahead + lastRow, pixel, ahead != 0);
            for (int wanted = tile->FetchedResults; wanted > 0 && waiting > 0; wanted--) TilePrefetch<TLanes, TWidth, Constant.C1>.Results(tile, --waiting);
            nint position = count * TLanes.Count;
            float* firstRow = firstBlock + lane;
            float* secondRow = secondBlock + lane;
            for (int row = tile->KernelHeight; row > 0; row--)
            {
                float* selectors = tile->Selectors;
                float* first = firstRow;
                float* second = secondRow;
                for (int step = count; step > 0; step--)
                {
                    TLanes u = TLanes.Load(weights);
                    TLanes v = TLanes.Load(weights + position);
                    TLanes w = TLanes.Load(weights + (2 * position));
                    TLanes selector = TInput.Selects ? TLanes.Load(selectors) : u;
                    TLanes x;
                    { x = TInput.Read(first, selector); TLanes.AddProduct(ref a0, u, x); }
                    if (sizeof(TWidth) > 1) { x = TInput.Read(second, selector); TLanes.AddProduct(ref b0, u, x); }
                    { x = TInput.Read(first + pixel, selector); TLanes.AddProduct(ref a0, v, x); if (sizeof(TWidth) > 2) TLanes.AddProduct(ref a1, u, x); }
                    if (sizeof(TWidth) > 1) { x = TInput.Read(second + pixel, selector); TLanes.AddProduct(ref b0, v, x); if (sizeof(TWidth) > 3) TLanes.AddProduct(ref b1, u, x); }
                    { x = TInput.Read(first + (2 * pixel), selector); TLanes.AddProduct(ref a0, w, x); if (sizeof(TWidth) > 2) TLanes.AddProduct(ref a1, v, x); if (sizeof(TWidth) > 4) TLanes.AddProduct(ref a2, u, x); }
                    if (sizeof(TWidth) > 1) { x = TInput.Read(second + (2 * pixel), selector); TLanes.AddProduct(ref b0, w, x); if (sizeof(TWidth) > 3) TLanes.AddProduct(ref b1, v, x); if (sizeof(TWidth) > 5) TLanes.AddProduct(ref b2, u, x); }
                    if (sizeof(TWidth) > 2) { x = TInput.Read(first + (3 * pixel), selector); TLanes.AddProduct(ref a1, w, x); if (sizeof(TWidth) > 4) TLanes.AddProduct(ref a2, v, x); if (sizeof(TWidth) > 6) TLanes.AddProduct(ref a3, u, x); }
                    if (sizeof(TWidth) > 3) { x = TInput.Read(second + (3 * pixel), selector); TLanes.AddProduct(ref b1, w, x); if (sizeof(TWidth) > 5) TLanes.AddProduct(ref b2, v, x); if (sizeof(TWidth) > 7) TLanes.AddProduct(ref b3, u, x); }
                    if (sizeof(TWidth) > 4) { x = TInput.Read(first + (4 * pixel), selector); TLanes.AddProduct(ref a2, w, x); if (sizeof(TWidth) > 6) TLanes.AddProduct(ref a3, v, x); if (sizeof(TWidth) > 8) TLanes.AddProduct(ref a4, u, x); }
                    if (sizeof(TWidth) > 5) { x = TInput.Read(second + (4 * pixel), selector); TLanes.AddProduct(ref b2, w, x); if (sizeof(TWidth) > 7) TLanes.AddProduct(ref b3, v, x); if (sizeof(TWidth) > 9) TLanes.AddProduct(ref b4, u, x); }
                    if (sizeof(TWidth) > 6) { x = TInput.Read(first + (5 * pixel), selector); TLanes.AddProduct(ref a3, w, x); if (sizeof(TWidth) > 8) TLanes.AddProduct(ref a4, v, x); if (sizeof(TWidth) > 10) TLanes.AddProduct(ref a5, u, x); }
                    if (sizeof(TWidth) > 7) { x = TInput.Read(second + (5 * pixel), selector); TLanes.AddProduct(ref b3, w, x); if (sizeof(TWidth) > 9) TLanes.AddProduct(ref b4, v, x); if (sizeof(TWidth) > 11) TLanes.AddProduct(ref b5, u, x); }
                    if (sizeof(TWidth) > 8) { x = TInput.Read(first + (6 * pixel), selector); TLanes.AddProduct(ref a4, w, x); if (sizeof(TWidth) > 10) TLanes.AddProduct(ref a5, v, x); if (sizeof(TWidth) > 12) TLanes.AddProduct(ref a6, u, x); }
                    if (sizeof(TWidth) > 9) { x = TInput.Read(second + (6 * pixel), selector); TLanes.AddProduct(ref b4, w, x); if (sizeof(TWidth) > 11) TLanes.AddProduct(ref b5, v, x); if (sizeof(TWidth) > 13) TLanes.AddProduct(ref b6, u, x); }
                    if (sizeof(TWidth) > 10) { x = TInput.Read(first + (7 * pixel), selector); TLanes.AddProduct(ref a5, w, x); if (sizeof(TWidth) > 12) TLanes.AddProduct(ref a6, v, x); }
                    if (sizeof(TWidth) > 11) { x = TInput.Read(second + (7 * pixel), selector); TLanes.AddProduct(ref b5, w, x); if (sizeof(TWidth) > 13) TLanes.AddProduct(ref b6, v, x); }
                    if (sizeof(TWidth) > 12) { x = TInput.Read(first + (8 * pixel), selector); TLanes.AddProduct(ref a6, w, x); }
                    if (sizeof(TWidth) > 13) { x = TInput.Read(second + (8 * pixel), selector); TLanes.AddProduct(ref b6, w, x); }
                    Prefetch.DistantLine(prefetch);
                    Prefetch.DistantLine(prefetch + prefetchStep);
                    Prefetch.DistantLine(prefetch + (2 * prefetchStep));
                    prefetch += 3 * prefetchStep;
                    weights += TLanes.Count;
                    first += TInput.Step;
                    second += TInput.Step;
                    selectors += TLanes.Count;
                }

                weights += 2 * position;
                firstRow += tile->TapRowStride;
                secondRow += tile->TapRowStride;
            }

            firstBlock += tile->InputBlockStride;
            secondBlock += tile->InputBlockStride;
            channels -= count;
            lane = 0;
        }

        bool adds = tile->Residual != null;
        TLanes low = TLanes.Broadcast(tile->Low);
        TLanes high = TLanes.Broadcast(tile->High);
        Finish(tile->Output, tile->Residual, 0, a0, low, high, adds);
        if (sizeof(TWidth) > 2) Finish(tile->Output, tile->Residual, 1, a1, low, high, adds);
        if (sizeof(TWidth) > 4) Finish(tile->Output, tile->Residual, 2, a2, low, high, adds);
        if (sizeof(TWidth) > 6) Finish(tile->Output, tile->Residual, 3, a3, low, high, adds);
        if (sizeof(TWidth) > 8) Finish(tile->Output, tile->Residual, 4, a4, low, high, adds);
        if (sizeof(TWidth) > 10) Finish(tile->Output, tile->Residual, 5, a5, low, high, adds);
        if (sizeof(TWidth) > 12) Finish(tile->Output, tile->Residual, 6, a6, low, high, adds);
        if (sizeof(TWidth) > 1) Finish(tile->SecondOutput, tile->SecondResidual, 0, b0, low, high, adds);
        if (sizeof(TWidth) > 3) Finish(tile->SecondOutput, tile->SecondResidual, 1, b1, low, high, adds);
        if (sizeof(TWidth) > 5) Finish(tile->SecondOutput, tile->SecondResidual, 2, b2, low, high, adds);
        if (sizeof(TWidth) > 7) Finish(tile->SecondOutput, tile->SecondResidual, 3, b3, low, high, adds);
        if (sizeof(TWidth) > 9) Finish(tile->SecondOutput, tile->SecondResidual, 4, b4, low, high, adds);
        if (sizeof(TWidth) > 11) Finish(tile->SecondOutput, tile->SecondResidual, 5, b5, low, high, adds);
        if (sizeof(TWidth) > 13) Finish(tile->SecondOutput, tile->SecondResidual, 6, b6, low, high, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* output, float* residual, nint index, TLanes sum, TLanes low, TLanes high, bool adds)
    {
        index *= TLanes.Count;
        if (adds) sum = TLanes.Add(sum, TLanes.Load(residual + index));
        TLanes.Store(output + index, TLanes.Min(high, TLanes.Max(low, sum)));
    }
}
