namespace Espalier.Kernels;

/// <summary>A convolution of 8-bit numbers that multiplies only those blocks of 1 output channel x 4 input channels at one kernel position that are not all zero.</summary>
/// <remarks>
/// Vector lanes are pixels: the input is gathered for a tile of several vectors of 16 pixels, four channels of each, and a block's four weights are multiplied with all of them.
/// A unit of work is a block of 16 output channels of a tile; adjacent units share what is gathered.
/// </remarks>
internal sealed unsafe class SparseIntegerConvolution : PackedIntegerConvolution
{
    private const int Lanes = SumShape.Outputs;
    private const int SumsBytes = 256 * 1024; // of several chunks: they wait in the second-level cache

    private readonly Packed _packed;
    private readonly SparseTiling _tiling;
    private readonly SparseSums[] _sums; // by the number of vectors
    private readonly int _width;
    private readonly int _blocksAtOnce;

    private SparseIntegerConvolution(in ConvolutionProblem problem, Packed packed)
    {
        (Problem, _packed) = (problem, packed);
        _tiling = new SparseTiling(problem, packed.Weights.LargestWidth);
        _sums = new SparseSums[packed.Weights.LargestWidth + 1];
        for (int tile = 0; tile < _tiling.Tiles; tile++)
        {
            int width = _tiling.FirstVectors[tile + 1] - _tiling.FirstVectors[tile];
            _sums[width] ??= SparseSums.For(width, packed.Tier);
            _width = Math.Max(_width, width);
        }

        int most = packed.Weights.Chunks == 1 ? 1 : SumsBytes / (Lanes * Math.Max(1, _width) * SparseSums.VectorBytes);
        _blocksAtOnce = Math.Clamp(most, 1, problem.Output.Blocks);
    }

    internal override ConvolutionProblem Problem { get; }

    internal override string KernelName => $"8-bit sparse {Problem.Kernel.Height}x{Problem.Kernel.Width} {(_packed.Tier == IntegerTier.Avx512Vnni ? _packed.Tier : IntegerTier.Plain).Name}";

    internal override long PackedBytes => _packed.Weights.Bytes + ((long)(_packed.Bias.Length + _packed.Multipliers.Length) * sizeof(int));

    internal override object Storage => _packed;

    internal override int ScratchLength => GatheredLength + (_blocksAtOnce * Lanes * _width * SparseSums.Pixels);

    private int GatheredLength => _packed.Weights.PositionsOfChunk * SparseIntegerWeights.BlocksOfPosition * _width * SparseSums.Pixels;

    /// <summary>Whether the kernel can compute a convolution.</summary>
    internal static bool Supports(in ConvolutionProblem problem, IntegerWeights weights) =>
        problem.Groups == 1 && problem.Input.Lanes == Lanes && !weights.Multipliers.IsEmpty;

    /// <summary>Packs the weights.</summary>
    /// <param name="problem">The convolution, without groups; layouts count bytes, in blocks of 16 channels.</param>
    /// <param name="weights">Weights, biases and multipliers.</param>
    /// <param name="tier">The instructions to use, or <see langword="null"/> for <see cref="IntegerTier.Best"/>. Those without code of their own use the plain one's.</param>
    /// <exception cref="ArgumentException">Layouts, weights, biases and multipliers do not match each other, or a sum may not fit into int32.</exception>
    internal static SparseIntegerConvolution Pack(in ConvolutionProblem problem, IntegerWeights weights, IntegerTier? tier = null)
    {
        ProblemChecks.Require(problem, Lanes, weights.Weights.Length, weights.Bias.Length);
        Expect.That(Supports(problem, weights), "8-bit sparse convolution: it has no groups, an input of blocks of 16 channels and 8-bit outputs");
        Expect.Length(weights.Multipliers.Length, problem.Output.Channels, nameof(weights.Multipliers));
        Expect.That((problem.Residual is null) == (weights.Addition is null), "8-bit sparse convolution: a residual needs its layout and its multiplier");
        AccumulatorRange.Require(weights.Weights, weights.Bias, weights.InputZeroPoint, problem.Output.Channels);
        SumFinish finish = SumFinish.Of(weights.Output, weights.Addition, AccumulatorRange.Largest(weights.Weights, weights.Bias, weights.InputZeroPoint, weights.Multipliers));
        return new SparseIntegerConvolution(problem, new Packed(
            tier ?? IntegerTier.Best, SparseIntegerWeights.Pack(problem, weights.Weights), IntegerConvolution.CorrectedBias(problem, weights, signs: false),
            IntegerConvolution.Padded(weights.Multipliers, problem.Output.PaddedChannels), weights.Output, weights.Addition, finish.ClampsLow || finish.ClampsHigh));
    }

    /// <inheritdoc/>
    internal override SparseIntegerConvolution For(in ConvolutionProblem problem)
    {
        ConvolutionProblem alike = problem with { Input = Problem.Input, Output = Problem.Output, Residual = Problem.Residual };
        Expect.That(
            alike == Problem && (problem.Residual is null) == (Problem.Residual is null) && problem.Input.Lanes == Lanes
            && (problem.Input.Channels, problem.Output.Channels) == (Problem.Input.Channels, Problem.Output.Channels),
            "8-bit sparse convolution: only image sizes and borders can change without packing again");
        ProblemChecks.Require(problem, Lanes, problem.Output.Channels * problem.Input.Channels * problem.Kernel.Area, 0);
        return new SparseIntegerConvolution(problem, _packed);
    }

    internal override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(Problem, batch) / sizeof(float), 1, Math.Max(1, (long)batch * _tiling.Tiles * Problem.Output.Blocks));

    internal override void Run(in IntegerOperands operands, int part, int parts)
    {
        Require(operands);
        if (operands.Batch > 0)
        {
            IntegerBorder.Fill(operands.Output[..Problem.Output.LengthOf(operands.Batch)], Problem.Output, (byte)_packed.Output.ZeroPoint, operands.Batch, part, parts);
        }

        int blocks = Problem.Output.Blocks;
        (int unit, int end) = WorkSplit.Range(checked(operands.Batch * _tiling.Tiles * blocks), part, parts);
        fixed (byte* input = operands.Input, residual = operands.Residual, output = operands.Output)
        fixed (float* scratch = operands.Scratch)
        {
            while (unit < end)
            {
                (int imageAndTile, int block) = Math.DivRem(unit, blocks);
                (int image, int tile) = Math.DivRem(imageAndTile, _tiling.Tiles);
                int endBlock = Math.Min(blocks, block + end - unit);
                unit += endBlock - block;
                RunTile(
                    input + ((nint)image * Problem.Input.Length), residual == null ? null : residual + ((nint)image * Problem.Residual!.Value.Length),
                    output + ((nint)image * Problem.Output.Length), scratch, tile, (block, endBlock));
            }
        }
    }

    private void RunTile(byte* input, byte* residual, byte* output, float* scratch, int tile, (int First, int End) blocks)
    {
        var gathered = (byte*)scratch;
        int* sums = (int*)scratch + GatheredLength;
        int gatheredChunk = -1;
        for (int block = blocks.First; block < blocks.End; block += _blocksAtOnce)
        {
            int end = Math.Min(blocks.End, block + _blocksAtOnce);
            for (int chunk = 0; chunk < _packed.Weights.Chunks; chunk++)
            {
                if (chunk != gatheredChunk)
                {
                    Gather(input, gathered, tile, chunk);
                    gatheredChunk = chunk;
                }

                Multiply(gathered, sums, tile, chunk, (block, end));
            }

            Finish(sums, residual, output, tile, (block, end));
        }
    }

    private void Gather(byte* input, byte* gathered, int tile, int chunk)
    {
        int first = _tiling.FirstVectors[tile], width = _tiling.FirstVectors[tile + 1] - first;
        int area = _tiling.Positions.Length;
        int position = chunk * _packed.Weights.PositionsOfChunk;
        int end = Math.Min(Problem.Input.Blocks * area, position + _packed.Weights.PositionsOfChunk);
        (int block, int kernelPosition) = Math.DivRem(position, area);
        fixed (FourPixels* places = _tiling.Inputs)
        {
            for (; position < end; position++, gathered += SparseIntegerWeights.BlocksOfPosition * width * SparseSums.VectorBytes)
            {
                SparsePixels.Gather(input + ((nint)block * Problem.Input.BlockStride) + _tiling.Positions[kernelPosition], places + (first * FourPixels.OfVector), width, gathered);
                kernelPosition++;
                if (kernelPosition == area)
                {
                    (block, kernelPosition) = (block + 1, 0);
                }
            }
        }
    }

    private void Multiply(byte* gathered, int* sums, int tile, int chunk, (int First, int End) blocks)
    {
        SparseIntegerWeights weights = _packed.Weights;
        int first = weights.First(chunk, blocks.First);
        fixed (int* counts = weights.Counts.Span, bias = _packed.Bias.Span)
        fixed (ushort* places = weights.Places.Span)
        fixed (sbyte* values = weights.Values.Span)
        {
            var arguments = new SparseSumArguments
            {
                Input = gathered,
                Values = values + ((nint)first * SparseIntegerWeights.BlockChannels),
                Places = places + first,
                Counts = counts + (chunk * weights.Rows) + (blocks.First * Lanes),
                Bias = bias + (blocks.First * Lanes),
                Sums = sums,
                Rows = (blocks.End - blocks.First) * Lanes,
            };
            _sums[_tiling.FirstVectors[tile + 1] - _tiling.FirstVectors[tile]].Run(&arguments, chunk == 0);
        }
    }

    private void Finish(int* sums, byte* residual, byte* output, int tile, (int First, int End) blocks)
    {
        int first = _tiling.FirstVectors[tile], vectors = _tiling.FirstVectors[tile + 1] - first;
        fixed (FourPixels* outputs = _tiling.Outputs, residuals = _tiling.Residuals)
        fixed (float* multipliers = _packed.Multipliers.Span)
        {
            for (int block = blocks.First; block < blocks.End; block++, sums += Lanes * vectors * SparseSums.Pixels)
            {
                SparsePixels.Finish(
                    new SparseFinish
                    {
                        Sums = sums,
                        SumStride = vectors * SparseSums.Pixels,
                        Vectors = vectors,
                        Multipliers = multipliers + (block * Lanes),
                        Residual = residual == null ? null : residual + ((nint)block * Problem.Residual!.Value.BlockStride),
                        Residuals = residuals + (residual == null ? 0 : first * FourPixels.OfVector),
                        Output = output + ((nint)block * Problem.Output.BlockStride),
                        Outputs = outputs + (first * FourPixels.OfVector),
                        Addition = _packed.Addition.GetValueOrDefault(),
                        To = _packed.Output,
                    },
                    _packed.Clamps);
            }
        }
    }

    private void Require(in IntegerOperands operands)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(operands.Batch);
        Expect.That(operands.Sums.IsEmpty, "8-bit sparse convolution: it has 8-bit outputs and no sums");
        Expect.That(Problem.Residual is not null || operands.Residual.IsEmpty, "8-bit sparse convolution: it was packed without a residual, but there is one");
        if (operands.Batch > 0)
        {
            AtLeast("input", operands.Input.Length, Problem.Input.LengthOf(operands.Batch));
            AtLeast("output", operands.Output.Length, Problem.Output.LengthOf(operands.Batch));
            AtLeast("residual", operands.Residual.Length, Problem.Residual?.LengthOf(operands.Batch) ?? 0);
            AtLeast("scratch memory", operands.Scratch.Length, ScratchLength);
        }
    }

    private static void AtLeast(string name, int length, int needed) =>
        Expect.That(length >= needed, $"8-bit sparse convolution: the {name} has {length} elements, but {needed} are needed");

    private sealed record Packed(IntegerTier Tier, SparseIntegerWeights Weights, Memory<int> Bias, Memory<float> Multipliers, Requantization Output, ResidualAddition? Addition, bool Clamps);
}
