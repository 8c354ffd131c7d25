namespace Espalier.Kernels;

/// <summary>Packed weights of the patterns in which a block of 16 outputs reads the same block of inputs.</summary>
internal static class BlockPacking
{
    private const int Lanes = SumShape.Outputs;

    /// <summary>The pattern for a convolution.</summary>
    internal static SumPattern PatternOf(in ConvolutionProblem problem, IntegerTier tier)
    {
        int channels = problem.GroupInputChannels;
        if (problem.Groups == 1 || channels != problem.GroupOutputChannels || problem.Input.Lanes != Lanes || channels > Lanes || Lanes % channels != 0)
        {
            return tier.Pattern;
        }

        if (tier != IntegerTier.Avx512Vnni)
        {
            return channels == 1 ? SumPattern.TapPairs : tier.Pattern;
        }

        bool areAdjacent = problem.Dilation.Width == 1 && problem.Kernel.Width <= SumShape.WidestTapQuads;
        return channels == 1 && areAdjacent ? SumPattern.TapQuads : SumPattern.GroupQuads;
    }

    /// <summary>Whether a pattern is one of those packed here.</summary>
    internal static bool Serves(SumPattern pattern) => pattern is not (SumPattern.Quads or SumPattern.WordQuads);

    /// <summary>What a tile is made for, of any pattern.</summary>
    internal static SumShape ShapeOf(in ConvolutionProblem problem, SumPattern pattern, IntegerPanel panel, int width, SumFinish? finish)
    {
        bool isRow = PixelRow.Serves(problem);
        return new SumShape(
            width, panel.Vectors, problem.Stride.Width * problem.Input.Lanes, isRow ? 1 : problem.Kernel.Width, problem.Dilation.Width * problem.Input.Lanes,
            pattern == SumPattern.GroupQuads ? Steps(problem) : IntegerPanel.QuadsOf(problem), panel.LastQuads)
        {
            RowBytes = isRow ? PixelRow.BytesOf(problem) : 0,
            Pattern = pattern,
            Finish = finish,
            JoinsFinish = finish is not null && pattern == SumPattern.Quads && problem.Kernel.Area == 1 && panel.Vectors == 2 && panel.FullBlocks > (panel.LastQuads > 0 ? 0 : 1),
        };
    }

    /// <summary>Bytes of a panel's weights.</summary>
    internal static int BytesOf(in ConvolutionProblem problem, SumPattern pattern)
    {
        SumShape shape = ShapeOf(problem, pattern, default(IntegerPanel) with { Vectors = 1 }, 1, null);
        return pattern switch
        {
            SumPattern.GroupQuads => problem.Kernel.Area * shape.Quads * shape.StepBytes,
            SumPattern.TapQuads => problem.Kernel.Height * shape.TapShifts * shape.TapQuads * shape.StepBytes,
            _ => (problem.Kernel.Area + 1) / 2 * 2 * Lanes,
        };
    }

    /// <summary>Packs the weights of a block of outputs.</summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="pattern">One that it <see cref="Serves"/>.</param>
    /// <param name="block">Index of the block.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="packed">The packed weights of the block, zero before.</param>
    internal static void Pack(in ConvolutionProblem problem, SumPattern pattern, int block, ReadOnlySpan<sbyte> weights, Span<sbyte> packed)
    {
        SumShape shape = ShapeOf(problem, pattern, default(IntegerPanel) with { Vectors = 1 }, 1, null);
        int channels = problem.GroupInputChannels, area = problem.Kernel.Area;
        int end = Math.Min(Lanes, problem.Output.Channels - (block * Lanes));
        for (int output = 0; output < end; output++)
        {
            ReadOnlySpan<sbyte> filter = weights.Slice(((block * Lanes) + output) * channels * area, channels * area);
            if (pattern == SumPattern.GroupQuads)
            {
                PackGroups(shape, filter, channels, output, packed);
            }
            else
            {
                PackDepthwise(shape, filter, output, packed);
            }
        }
    }

    /// <summary>Packs the weights of one channel of a depthwise convolution.</summary>
    internal static void PackDepthwise(SumShape shape, ReadOnlySpan<sbyte> filter, int channel, Span<sbyte> packed)
    {
        for (int i = 0; i < filter.Length; i++)
        {
            if (shape.Pattern == SumPattern.TapPairs)
            {
                packed[(i / 2 * 2 * Lanes) + (channel * 2) + (i % 2)] = filter[i];
                continue;
            }

            (int row, int column) = Math.DivRem(i, shape.KernelWidth);
            for (int shift = 0; shift < shape.TapShifts; shift++)
            {
                (int quad, int within) = Math.DivRem(column + shift, SumShape.TapQuadColumns);
                int vector = (((row * shape.TapShifts) + shift) * shape.TapQuads) + quad;
                packed[(vector * shape.StepBytes) + (channel * SumShape.TapQuadColumns) + within] = filter[i];
            }
        }
    }

    /// <summary>Bytes from the first kernel position to each.</summary>
    internal static int[] Offsets(in ConvolutionProblem problem)
    {
        var offsets = new int[problem.Kernel.Area];
        for (int i = 0; i < offsets.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, problem.Kernel.Width);
            offsets[i] = (row * problem.Dilation.Height * problem.Input.RowStride) + (column * problem.Dilation.Width * Lanes);
        }

        return offsets;
    }

    /// <summary>Steps at a kernel position: as many quads as a group has.</summary>
    private static int Steps(in ConvolutionProblem problem) => Math.Max(1, problem.GroupInputChannels / SumShape.QuadChannels);

    private static void PackGroups(SumShape shape, ReadOnlySpan<sbyte> filter, int channels, int output, Span<sbyte> packed)
    {
        int area = filter.Length / channels;
        int lane = SumShape.OutputOfLane(output); // a transposition is its own inverse
        for (int c = 0; c < channels; c++)
        {
            int input = (output / channels * channels) + c; // in the block
            int step = (input / SumShape.QuadChannels) ^ (lane % 4);
            for (int position = 0; position < area; position++)
            {
                packed[(((position * shape.Quads) + step) * shape.StepBytes) + (lane * SumShape.QuadChannels) + (input % SumShape.QuadChannels)] = filter[(c * area) + position];
            }
        }
    }
}
