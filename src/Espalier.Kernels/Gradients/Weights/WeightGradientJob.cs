using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="ConvolutionWeightGradient.Accumulate"/>.</summary>
internal readonly unsafe struct WeightGradientJob : ILanesJob
{
    internal required WeightGradientGeometry Geometry { get; init; }

    internal required ConvolutionProblem Forward { get; init; }

    internal required BlockedLayout Gradients { get; init; }

    internal required float* Input { get; init; }

    internal required float* Gradient { get; init; }

    /// <summary>[chunk][sums of all units].</summary>
    internal required float* Sums { get; init; }

    /// <summary>[chunk][output channels in whole blocks]; <see langword="null"/> if not wanted.</summary>
    internal required float* BiasSums { get; init; }

    internal required int Batch { get; init; }

    internal required int FirstItem { get; init; }

    internal required int EndItem { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        (nint inputBlock, nint gradientBlock) = (Forward.Input.BlockStride, Gradients.BlockStride);
        int runs = Geometry.Runs(Batch);
        int chunks = Geometry.Chunks(Batch);
        for (int item = FirstItem; item < EndItem; item++)
        {
            (int chunk, int group) = Math.DivRem(item, Geometry.Groups);
            (int firstUnit, int endUnit) = Geometry.Group(group);
            ReadOnlySpan<WeightUnit> units = Geometry.Units.AsSpan(firstUnit, endUnit - firstUnit);
            float* sums = Sums + ((nint)chunk * Geometry.SumsLength);
            float* biasSums = BiasSums == null ? null : BiasSums + ((nint)chunk * Forward.Output.PaddedChannels);
            Clear(units, sums, biasSums);
            (int firstRun, int endRun) = WorkSplit.Range(runs, chunk, chunks);
            for (int run = firstRun; run < endRun; run++)
            {
                WeightTileArguments arguments = Arguments(run, out float* input, out float* gradient);
                foreach (ref readonly WeightUnit unit in units)
                {
                    RunUnit<TLanes>(&arguments, unit, input + (unit.InputBlock * inputBlock), gradient + (unit.OutputBlock * gradientBlock), sums, biasSums);
                }
            }
        }
    }

    private void Clear(ReadOnlySpan<WeightUnit> units, float* sums, float* biasSums)
    {
        int lanes = Forward.Output.Lanes;
        foreach (ref readonly WeightUnit unit in units)
        {
            new Span<float>(sums + unit.Sums, Geometry.Rows * unit.Vectors * lanes).Clear();
            if (biasSums != null && unit.SumsBias)
            {
                new Span<float>(biasSums + (unit.OutputBlock * lanes), unit.Vectors * lanes).Clear();
            }
        }
    }

    private WeightTileArguments Arguments(int run, out float* input, out float* gradient)
    {
        (int images, int band) = Math.DivRem(run, Geometry.Bands);
        (int firstLine, int endLine) = WorkSplit.Range(Forward.Output.Height, band, Geometry.Bands);
        int firstImage = images * Geometry.ImagesOfRun;
        input = Input + ((nint)firstImage * Forward.Input.Length)
            + Forward.Input.Offset(0, (firstLine * Forward.Stride.Height) - Forward.Padding.Top, -Forward.Padding.Left);
        gradient = Gradient + ((nint)firstImage * Gradients.Length) + Gradients.Offset(0, firstLine, 0);
        return new WeightTileArguments
        {
            GradientBlockStride = Gradients.BlockStride,
            RowStride = Forward.Dilation.Width * Forward.Input.Lanes,
            PixelStride = Forward.Stride.Width * Forward.Input.Lanes,
            InputLineStride = Forward.Stride.Height * Forward.Input.RowStride,
            GradientLineStride = Gradients.RowStride,
            InputImageStride = Forward.Input.Length,
            GradientImageStride = Gradients.Length,
            Images = Math.Min(Geometry.ImagesOfRun, Batch - firstImage),
            Lines = endLine - firstLine,
            LineLength = Forward.Output.Width * Gradients.Lanes,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunUnit<TLanes>(WeightTileArguments* arguments, in WeightUnit unit, float* input, float* gradient, float* sums, float* biasSums)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        delegate*<WeightTileArguments*, void>[] tiles = unit.Vectors == 2 ? WeightTileTable<TLanes, BroadcastInput<TLanes>>.Two
            : Geometry.IsDepthwise ? WeightTileTable<TLanes, VectorInput<TLanes>>.One
            : WeightTileTable<TLanes, BroadcastInput<TLanes>>.One;
        arguments->Gradient = gradient;
        sums += unit.Sums;
        foreach (WeightSpan span in unit.IsLast ? Geometry.LastSpans : Geometry.FullSpans)
        {
            arguments->Input = input + span.Input;
            arguments->Sums = sums + (span.Row * unit.Vectors * TLanes.Count);
            tiles[span.Rows - 1](arguments);
        }

        if (biasSums != null && unit.SumsBias)
        {
            SumGradient<TLanes>(*arguments, unit, biasSums);
        }
    }

    /// <summary>The same tile, with input 1.</summary>
    private static void SumGradient<TLanes>(WeightTileArguments arguments, in WeightUnit unit, float* biasSums) where TLanes : unmanaged, ILanes<TLanes>
    {
        float one = 1;
        arguments.Input = &one;
        (arguments.PixelStride, arguments.InputLineStride, arguments.InputImageStride) = (0, 0, 0);
        arguments.Sums = biasSums + (unit.OutputBlock * TLanes.Count);
        delegate*<WeightTileArguments*, void>[] tiles =
            unit.Vectors == 2 ? WeightTileTable<TLanes, BroadcastInput<TLanes>>.Two : WeightTileTable<TLanes, BroadcastInput<TLanes>>.One;
        tiles[0](&arguments);
    }
}
