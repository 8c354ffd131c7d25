using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A convolution of 8-bit numbers (unsigned inputs, signed weights) with packed weights: exact int32 sums, the addition of a residual, then requantization. Safe to share between threads.</summary>
/// <remarks>
/// Maps have blocks of 16 channels (or 4 for an input of few channels, or 3 for three: see <see cref="PixelRow"/>), a byte each, in a <see cref="BlockedLayout"/> whose border holds the zero point; a linear layer is a convolution of a map of 1x1 pixels.
/// Every tier, split into parts and batch gives the same bits. A unit of work is a band of tiles of one image for one panel of output channels, as in <see cref="TiledConvolution{TLanes}"/>.
/// </remarks>
internal sealed unsafe class IntegerConvolution : PackedIntegerConvolution
{
    /// <summary>Channels of a block of the output.</summary>
    internal const int Lanes = SumShape.Outputs;

    private const int BandBytes = 256 * 1024; // of input, so that it stays in the second-level cache beside a panel's weights

    private readonly Packed _packed;
    private readonly MapTile[] _tiles;
    private readonly SumTile[][] _code; // for each panel: by the tile's width
    private readonly int[][] _offsets; // for each panel: where the inputs of each step are
    private readonly int _bands;

    private IntegerConvolution(in ConvolutionProblem problem, Packed packed)
    {
        Problem = problem;
        _packed = packed;
        _tiles = MapTiling.Cut(problem, packed.Pattern == SumPattern.WordQuads ? SumShape.MaximumWordWidth : SumShape.MaximumWidth);
        _code = Code(problem, packed, _tiles);
        _offsets = Offsets(problem, packed);
        long read = (long)problem.Output.Height * problem.Output.Width
            * Math.Min(problem.Stride.Height, problem.Kernel.Height) * Math.Min(problem.Stride.Width, problem.Kernel.Width)
            * problem.Input.PaddedChannels;
        _bands = (int)Math.Clamp((read + BandBytes - 1) / BandBytes, 1, Math.Max(1, _tiles.Length));
    }

    /// <summary>The convolution that it computes.</summary>
    internal override ConvolutionProblem Problem { get; }

    /// <summary>The instructions that it uses.</summary>
    internal IntegerTier Tier => _packed.Tier;

    /// <summary>What it is and the instructions that it uses, such as "8-bit 3x3 avx512vnni".</summary>
    internal override string KernelName =>
        $"8-bit {(Problem.Groups == 1 ? "" : Problem.GroupInputChannels == 1 ? "depthwise " : "grouped ")}{Problem.Kernel.Height}x{Problem.Kernel.Width} {Tier.Name}";

    /// <summary>Bytes of the packed weights with biases and multipliers.</summary>
    internal override long PackedBytes => _packed.Weights.Length + ((long)(_packed.Bias.Length + _packed.Multipliers.Length) * sizeof(int));

    /// <summary>Identifies the packed weights: the same for all image sizes.</summary>
    internal override object Storage => _packed;

    /// <summary>Packs the weights.</summary>
    /// <param name="problem">The convolution; layouts count bytes. Its activation is not used: a clamp is part of the requantization.</param>
    /// <param name="weights">Weights, biases and multipliers.</param>
    /// <param name="tier">The instructions to use, or <see langword="null"/> for <see cref="IntegerTier.Best"/>.</param>
    /// <exception cref="ArgumentException">Layouts, weights, biases and multipliers do not match each other, or a sum may not fit into int32.</exception>
    internal static IntegerConvolution Pack(in ConvolutionProblem problem, IntegerWeights weights, IntegerTier? tier = null)
    {
        tier ??= IntegerTier.Best;
        ProblemChecks.Require(problem, Lanes, weights.Weights.Length, weights.Bias.Length);
        Expect.That(problem.Input.Lanes is Lanes or SumShape.QuadChannels or PixelRow.Lanes, $"8-bit convolution: the input has blocks of {problem.Input.Lanes} channels, expected 16, 4 or 3");
        string? obstacle = PixelRow.Serves(problem) ? PixelRow.ObstacleOf(problem) : null;
        Expect.That(obstacle is null, $"8-bit convolution: the input has {obstacle}");
        Expect.LengthOrEmpty(weights.Multipliers.Length, problem.Output.Channels, nameof(weights.Multipliers));
        Expect.That(
            (problem.Residual is null) == (weights.Addition is null) && (weights.Addition is null || !weights.Multipliers.IsEmpty),
            "8-bit convolution: a residual needs its layout, its multiplier and the convolution's own");
        AccumulatorRange.Require(weights.Weights, weights.Bias, weights.InputZeroPoint, problem.Output.Channels);

        SumPattern pattern = BlockPacking.PatternOf(problem, tier);
        IntegerPanel[] panels = IntegerPanel.Of(problem, pattern);
        Memory<sbyte> packed = AlignedMemory.Allocate<sbyte>(panels[^1].Weights + (long)panels[^1].BytesOf(problem, pattern));
        foreach (IntegerPanel panel in panels)
        {
            panel.Pack(problem, pattern, weights.Weights, packed.Span);
        }

        bool signs = tier.SignsInput && pattern == SumPattern.Quads;
        SumFinish? finish = weights.Multipliers.IsEmpty ? null : SumFinish.Of(
            weights.Output, weights.Addition, AccumulatorRange.Largest(weights.Weights, weights.Bias, weights.InputZeroPoint, weights.Multipliers));
        return new IntegerConvolution(problem, new Packed(
            tier, pattern, panels, packed, CorrectedBias(problem, weights, signs), Padded(weights.Multipliers, problem.Output.PaddedChannels), weights.Output, weights.Addition, finish));
    }

    /// <summary>The same packed weights for other image sizes and borders.</summary>
    /// <exception cref="ArgumentException">More than those differ.</exception>
    internal override IntegerConvolution For(in ConvolutionProblem problem)
    {
        ConvolutionProblem alike = problem with { Input = Problem.Input, Output = Problem.Output, Residual = Problem.Residual };
        Expect.That(
            alike == Problem && (problem.Residual is null) == (Problem.Residual is null) && problem.Input.Lanes == Problem.Input.Lanes
            && (problem.Input.Channels, problem.Output.Channels) == (Problem.Input.Channels, Problem.Output.Channels),
            "8-bit convolution: only image sizes and borders can change without packing again");
        ProblemChecks.Require(problem, Lanes, problem.Output.Channels * problem.GroupInputChannels * problem.Kernel.Area, 0);
        return new IntegerConvolution(problem, _packed);
    }

    /// <summary>The largest number of parts that a batch can usefully be split into.</summary>
    internal override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(Problem, batch) / sizeof(float), 1, Math.Max(1, (long)batch * _tiles.Length * _packed.Panels.Length));

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>, and fills that part of the output's border with the zero point. (A map of sums keeps its border.)</summary>
    /// <exception cref="ArgumentException">A span is too short, or there is an output of the wrong kind.</exception>
    internal override void Run(in IntegerOperands operands, int part, int parts)
    {
        Require(operands);
        if (operands.Batch > 0 && !operands.Output.IsEmpty)
        {
            Span<byte> map = operands.Output[..Problem.Output.LengthOf(operands.Batch)];
            IntegerBorder.Fill(map, Problem.Output, (byte)_packed.Output.ZeroPoint, operands.Batch, part, parts);
        }

        int panels = _packed.Panels.Length;
        int bands = WorkSplit.Pieces(_bands, _tiles.Length, operands.Batch * panels, parts);
        (int first, int end) = WorkSplit.Range(operands.Batch * bands * panels, part, parts);
        int argumentBytes = (sizeof(SumArguments) + AlignedMemory.Alignment - 1) & -AlignedMemory.Alignment;
        byte* room = stackalloc byte[AlignedMemory.Alignment + argumentBytes + (SumShape.MaximumWidth * 2 * Lanes * sizeof(int))];
        var arguments = (SumArguments*)(((nint)room + AlignedMemory.Alignment - 1) & -AlignedMemory.Alignment);
        *arguments = Arguments();
        arguments->Sums = (int*)((byte*)arguments + argumentBytes);
        fixed (byte* input = operands.Input, residual = operands.Residual, output = operands.Output)
        fixed (int* results = operands.Sums, bias = _packed.Bias.Span)
        fixed (sbyte* weights = _packed.Weights.Span)
        fixed (MapTile* tiles = _tiles)
        {
            for (int unit = first; unit < end; unit++)
            {
                (int imageAndBand, int index) = Math.DivRem(unit, panels);
                (int image, int band) = Math.DivRem(imageAndBand, bands);
                IntegerPanel panel = _packed.Panels[index];
                nint at = ((nint)image * Problem.Output.Length) + ((nint)panel.Block * Problem.Output.BlockStride);
                arguments->Input = input + ((nint)image * Problem.Input.Length) + ((nint)panel.InputBlock * Problem.Input.BlockStride);
                arguments->Output = output + at;
                arguments->Residual = residual == null ? null : residual + ((nint)image * Problem.Residual!.Value.Length) + (panel.Block * arguments->ResidualBlockStride);
                arguments->Weights = weights + panel.Weights;
                arguments->Bias = bias + (panel.Block * Lanes);
                if (!_packed.Multipliers.IsEmpty)
                {
                    _packed.Multipliers.Span.Slice(panel.Block * Lanes, panel.Vectors * Lanes).CopyTo(new Span<float>(arguments->Multipliers, 2 * Lanes));
                }

                arguments->FullBlocks = panel.FullBlocks;
                fixed (int* offsets = _offsets[index])
                {
                    arguments->Offsets = offsets;
                    arguments->Steps = _offsets[index].Length;
                    RunBand(arguments, tiles, results == null ? null : results + at, index, WorkSplit.Range(_tiles.Length, band, bands));
                }
            }
        }
    }

    private void RunBand(SumArguments* arguments, MapTile* tiles, int* results, int index, (int First, int End) band)
    {
        SumTile[] code = _code[index];
        int count;
        for (int i = band.First; i < band.End; i += count)
        {
            SumTile tile = code[tiles[i].Width];
            arguments->Tile = tiles + i;
            count = 1;
            if (tile.Finishes)
            {
                while (i + count < band.End && tiles[i + count].Width == tiles[i].Width)
                {
                    count++;
                }

                arguments->Tiles = count;
                tile.Run(arguments); // moves on from tile to tile
            }
            else
            {
                arguments->Tiles = 1;
                tile.Run(arguments);
                Finish(arguments, tiles[i], results, _packed.Panels[index].Vectors);
            }
        }
    }

    /// <summary>Stores the sums of a tile, requantized or as they are.</summary>
    private void Finish(SumArguments* arguments, in MapTile tile, int* results, int vectors)
    {
        int run = tile.FirstRun * Lanes;
        bool isOneRun = tile.SecondOutput == tile.Output + run && (arguments->Residual == null || tile.SecondResidual == tile.Residual + run);
        int firstRun = isOneRun ? tile.Width : tile.FirstRun;
        var row = new RowArguments { SumStride = vectors * Lanes, To = _packed.Output, Addition = _packed.Addition.GetValueOrDefault() };
        for (int vector = 0; vector < vectors; vector++)
        {
            Finish(arguments, &row, results, vector, (0, firstRun), tile.Output, tile.Residual);
            Finish(arguments, &row, results, vector, (firstRun, tile.Width), tile.SecondOutput, tile.SecondResidual);
        }
    }

    /// <summary>The pixels of one run, which may have none, and one block of output channels.</summary>
    private void Finish(SumArguments* arguments, RowArguments* row, int* results, int vector, (int First, int End) pixels, int output, int residual)
    {
        nint to = (vector * (nint)Problem.Output.BlockStride) + output;
        int* sums = arguments->Sums + (pixels.First * row->SumStride) + (vector * Lanes);
        if (results != null)
        {
            for (int pixel = 0; pixel < pixels.End - pixels.First; pixel++)
            {
                new ReadOnlySpan<int>(sums + (pixel * row->SumStride), Lanes).CopyTo(new Span<int>(results + to + (pixel * Lanes), Lanes));
            }

            return;
        }

        row->Sums = sums;
        row->Pixels = pixels.End - pixels.First;
        row->Multipliers = arguments->Multipliers + (vector * Lanes);
        row->Residual = arguments->Residual == null ? null : arguments->Residual + (vector * arguments->ResidualBlockStride) + residual;
        row->Output = arguments->Output + to;
        _packed.Tier.Rows(row);
    }

    /// <summary>Those that all panels and images share.</summary>
    private SumArguments Arguments()
    {
        var arguments = new SumArguments
        {
            KernelHeight = Problem.Kernel.Height,
            TapRowStride = (nint)Problem.Dilation.Height * Problem.Input.RowStride,
            BlockStep = Problem.Input.BlockStride - ((nint)Problem.Kernel.Height * Problem.Dilation.Height * Problem.Input.RowStride),
            OutputBlockStride = Problem.Output.BlockStride,
            ResidualBlockStride = Problem.Residual?.BlockStride ?? 0,
        };
        arguments.SetConstants(_packed.Output, _packed.Addition.GetValueOrDefault());
        return arguments;
    }

    private void Require(in IntegerOperands operands)
    {
        bool sums = _packed.Multipliers.IsEmpty;
        ArgumentOutOfRangeException.ThrowIfNegative(operands.Batch);
        Expect.That(sums ? operands.Output.IsEmpty : operands.Sums.IsEmpty, "8-bit convolution: it has either sums or 8-bit outputs, as it was packed");
        if (operands.Batch > 0)
        {
            AtLeast("input", operands.Input.Length, Problem.Input.LengthOf(operands.Batch));
            AtLeast("output", sums ? operands.Sums.Length : operands.Output.Length, Problem.Output.LengthOf(operands.Batch));
            AtLeast("residual", operands.Residual.Length, Problem.Residual?.LengthOf(operands.Batch) ?? 0);
        }

        Expect.That(Problem.Residual is not null || operands.Residual.IsEmpty, "8-bit convolution: it was packed without a residual, but there is one");
    }

    private static void AtLeast(string name, int length, int needed) =>
        Expect.That(length >= needed, $"8-bit convolution: the {name} has {length} elements, but {needed} are needed");

    private static SumTile[][] Code(in ConvolutionProblem problem, Packed packed, MapTile[] tiles)
    {
        var known = new Dictionary<SumShape, SumTile>();
        var code = new SumTile[packed.Panels.Length][];
        for (int i = 0; i < code.Length; i++)
        {
            IntegerPanel panel = packed.Panels[i];
            code[i] = new SumTile[SumShape.MaximumWidth + 1];
            foreach (MapTile tile in tiles)
            {
                SumShape shape = BlockPacking.ShapeOf(problem, packed.Pattern, panel, tile.Width, packed.Tier.IsEmitted ? packed.Finish : null);
                if (!known.TryGetValue(shape, out SumTile? made))
                {
                    known[shape] = made = packed.Tier.Tile(shape);
                }

                code[i][tile.Width] = made;
            }
        }

        return code;
    }

    private static int[][] Offsets(ConvolutionProblem problem, Packed packed)
    {
        var known = new Dictionary<(int, int), int[]>(); // most panels read as many channels as the others
        return [.. packed.Panels.Select(panel =>
        {
            (int, int) channels = (panel.FullBlocks, panel.LastQuads);
            return known.TryGetValue(channels, out int[]? offsets) ? offsets : known[channels] = panel.Offsets(problem, packed.Pattern);
        })];
    }

    /// <summary>The bias of Σ weight·x (or weight·(x − 128)): the zero point's part is constant.</summary>
    internal static Memory<int> CorrectedBias(in ConvolutionProblem problem, IntegerWeights weights, bool signs)
    {
        Memory<int> bias = AlignedMemory.Allocate<int>(problem.Output.PaddedChannels);
        int length = problem.GroupInputChannels * problem.Kernel.Area;
        int offset = weights.InputZeroPoint - (signs ? 128 : 0);
        for (int o = 0; o < problem.Output.Channels; o++)
        {
            int sum = (int)WeightSums.Of(weights.Weights.Slice(o * length, length)).Sum;
            bias.Span[o] = (weights.Bias.IsEmpty ? 0 : weights.Bias[o]) - (offset * sum); // may wrap, as the sums do until the last product
        }

        return bias;
    }

    internal static Memory<float> Padded(ReadOnlySpan<float> values, int length)
    {
        if (values.IsEmpty)
        {
            return default;
        }

        Memory<float> padded = AlignedMemory.Allocate<float>(length);
        values.CopyTo(padded.Span);
        return padded;
    }

    private sealed record Packed(
        IntegerTier Tier, SumPattern Pattern, IntegerPanel[] Panels, Memory<sbyte> Weights, Memory<int> Bias, Memory<float> Multipliers,
        Requantization Output, ResidualAddition? Addition, SumFinish? Finish);
}
