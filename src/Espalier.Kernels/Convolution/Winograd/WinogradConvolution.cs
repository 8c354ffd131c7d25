using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A Winograd convolution, packed.</summary>
/// <remarks>
/// A block of tiles is transformed into scratch memory, where for each frequency it is a matrix of [input channels][tiles], which is multiplied by
/// the weights of that frequency with the register tiles of 1x1 convolutions. A unit of work is one panel of output channels for one block;
/// units of one block that are computed on the same thread share its transformed input.
/// </remarks>
internal sealed unsafe class WinogradConvolution<TLanes, TTransform> : PackedConvolution
    where TLanes : unmanaged, ILanes<TLanes>
    where TTransform : struct, IWinogradTransform<TLanes>
{
    private readonly ConvolutionProblem _problem;
    private readonly string _kernelName;
    private readonly ReadOnlyMemory<float> _weights;
    private readonly ReadOnlyMemory<float> _bias;
    private readonly WinogradGeometry _geometry;
    private readonly WinogradTile[] _tiles; // the tiles of one image
    private readonly (float Low, float High) _limits;
    private readonly int _tileWidth = TileLimits.MaximumWidth(TLanes.Count, 2);
    private readonly delegate*<TileArguments*, void>[] _oneVector = TileTable<TLanes, BroadcastInput<TLanes>>.One;
    private readonly delegate*<TileArguments*, void>[] _twoVectors = TileTable<TLanes, BroadcastInput<TLanes>>.Two;

    internal WinogradConvolution(in ConvolutionProblem problem, string kernelName, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> bias)
    {
        _problem = problem;
        _kernelName = kernelName;
        _weights = weights;
        _bias = bias;
        _geometry = new WinogradGeometry(problem, TTransform.Outputs);
        _tiles = WinogradTile.Cut(problem, TTransform.Outputs);
        _limits = problem.Activation.Limits ?? Activation.None.Limits!.Value;
    }

    public override string KernelName => _kernelName;

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes => (long)(_weights.Length + _bias.Length) * sizeof(float);

    public override int ScratchLength => _geometry.ScratchLength;

    private protected override PackedConvolution Resized(in ConvolutionProblem problem) =>
        new WinogradConvolution<TLanes, TTransform>(problem, _kernelName, _weights, _bias);

    private int Panels => (_problem.Output.Blocks + 1) / 2;

    public override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_problem, batch), 1, Math.Max(1, (long)_geometry.Blocks(batch, Panels, int.MaxValue / 4) * Panels));

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        int blocks = _geometry.Blocks(operands.Batch, Panels, parts);
        (int first, int end) = WorkSplit.Range(blocks * Panels, part, parts);
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output, scratch = operands.Scratch)
        fixed (float* weights = _weights.Span, bias = _bias.Span)
        {
            float* products = scratch + (_geometry.Frequencies * _geometry.InputStride);
            float* working = products + (_geometry.Frequencies * _geometry.ProductStride); // two transforms: one half done, one patch or result
            int transformed = TransformedBlock.Of(operands.Call);
            for (int unit = first; unit < end; unit++)
            {
                (int block, int panel) = Math.DivRem(unit, Panels);
                (int firstTile, int endTile) = _geometry.Block(operands.Batch, block, blocks, _tileWidth);
                if (block != transformed)
                {
                    TransformInput(input, scratch, working, firstTile, endTile);
                    transformed = block;
                }

                int next = unit + 1 < end ? (unit + 1) % Panels : panel;
                Multiply(scratch, weights, products, panel, next, endTile - firstTile);
                TransformOutput(products, working, bias, _problem.Residual is null ? null : residual, output, panel, firstTile, endTile);
            }

            TransformedBlock.Keep(operands.Call, transformed);
        }
    }

    private int PanelFloats => 2 * TLanes.Count * _problem.Input.Channels * _geometry.Frequencies;

    /// <summary>Whether the panel is only one vector wide, as the last may be.</summary>
    private bool IsSingle(int panel) => (2 * panel) + 1 == _problem.Output.Blocks;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformInput(float* input, float* target, float* working, int firstTile, int endTile)
    {
        nint imageStride = _problem.Input.Length;
        nint blockStride = _problem.Input.BlockStride;
        nint rowStride = _problem.Input.RowStride;
        int blocks = _problem.Input.Blocks;
        nint frequency = _geometry.InputStride;
        nint targetBlock = _geometry.BlockTiles * TLanes.Count;
        (int image, int place) = Math.DivRem(firstTile, _tiles.Length);
        for (int tile = firstTile; tile < endTile; tile++, target += TLanes.Count)
        {
            ref readonly WinogradTile at = ref _tiles[place];
            float* source = input + (image * imageStride) + at.Input;
            float* result = target;
            for (int block = 0; block < blocks; block++, source += blockStride, result += targetBlock)
            {
                WinogradPatch<TLanes>.Transform<TTransform>(source, rowStride, at.InputRows, at.InputColumns, working, result, frequency);
            }

            (image, place) = place + 1 == _tiles.Length ? (image + 1, 0) : (image, place + 1);
        }
    }

    /// <summary>For each frequency the product of [input channels][tiles] and [input channels][output channels of the panel].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* transformed, float* weights, float* products, int panel, int nextPanel, int tiles)
    {
        int vectors = IsSingle(panel) ? 1 : 2;
        delegate*<TileArguments*, void>[] kernels = vectors == 1 ? _oneVector : _twoVectors;
        int pieces = (tiles + _tileWidth - 1) / _tileWidth;
        int channels = _problem.Input.Channels;
        float* none = stackalloc float[2 * TLanes.Count];
        new Span<float>(none, 2 * TLanes.Count).Clear();
        weights += (long)panel * PanelFloats;
        float* nextWeights = weights + ((long)(nextPanel - panel) * PanelFloats);
        TileArguments arguments = new()
        {
            Bias = none,
            OutputBlockStride = _geometry.BlockTiles * TLanes.Count,
            InputBlockStride = _geometry.BlockTiles * TLanes.Count,
            PixelStride = TLanes.Count,
            KernelHeight = 1,
            KernelWidth = 1,
            InputLanes = TLanes.Count,
            Channels = channels,
            PrefetchStep = vectors * TLanes.Count / pieces,
        };
        for (int frequency = 0; frequency < _geometry.Frequencies; frequency++)
        {
            arguments.Weights = weights + (frequency * channels * vectors * TLanes.Count);
            arguments.Prefetch = frequency + 1 < _geometry.Frequencies ? arguments.Weights + (channels * vectors * TLanes.Count) : nextWeights;
            for (int piece = 0; piece < pieces; piece++)
            {
                int start = tiles * piece / pieces;
                int width = (tiles * (piece + 1) / pieces) - start;
                int half = (width + 1) / 2 * TLanes.Count;
                arguments.Input = transformed + (frequency * _geometry.InputStride) + (start * TLanes.Count);
                arguments.SecondInput = arguments.Input + half;
                arguments.Output = products + (frequency * _geometry.ProductStride) + (start * TLanes.Count);
                arguments.SecondOutput = arguments.Output + half;
                kernels[width - 1](&arguments);
                arguments.Prefetch += channels * arguments.PrefetchStep;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformOutput(float* products, float* half, float* bias, float* residual, float* output, int panel, int firstTile, int endTile)
    {
        nint imageStride = _problem.Output.Length;
        nint blockStride = _problem.Output.BlockStride;
        nint rowStride = _problem.Output.RowStride;
        nint residualImage = _problem.Residual?.Length ?? 0;
        nint residualBlock = _problem.Residual?.BlockStride ?? 0;
        nint residualRow = _problem.Residual?.RowStride ?? 0;
        nint frequency = _geometry.ProductStride;
        TLanes low = TLanes.Broadcast(_limits.Low);
        TLanes high = TLanes.Broadcast(_limits.High);
        int endBlock = Math.Min(_problem.Output.Blocks, (2 * panel) + 2);
        for (int block = 2 * panel; block < endBlock; block++, products += _geometry.BlockTiles * TLanes.Count)
        {
            TLanes start = TLanes.Load(bias + (block * TLanes.Count));
            float* source = products;
            (int image, int place) = Math.DivRem(firstTile, _tiles.Length);
            for (int tile = firstTile; tile < endTile; tile++, source += TLanes.Count)
            {
                ref readonly WinogradTile at = ref _tiles[place];
                float* to = output + (image * imageStride) + (block * blockStride) + at.Output;
                float* added = residual == null ? null : residual + (image * residualImage) + (block * residualBlock) + at.Residual;
                TransformColumns(source, frequency, half);
                for (int row = 0; row < at.Rows; row++)
                {
                    float* line = half + (row * (TTransform.Outputs + 2) * TLanes.Count);
                    float* addedRow = residual == null ? null : added + (row * residualRow);
                    TTransform.OutputLine(
                        line, TLanes.Count, new WinogradSinks.Result<TLanes>(to + (row * rowStride), addedRow, at.Columns, start, low, high));
                }

                if (_problem.Activation.Limits is null)
                {
                    Activate(to, rowStride, at);
                }

                (image, place) = place + 1 == _tiles.Length ? (image + 1, 0) : (image, place + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformColumns(float* products, nint frequency, float* half)
    {
        int side = TTransform.Outputs + 2;
        for (int column = 0; column < side; column++)
        {
            TTransform.OutputLine(
                products + (column * frequency), side * frequency, new WinogradSinks.Memory<TLanes>(half + (column * TLanes.Count), side * TLanes.Count));
        }
    }

    /// <summary>Activations that are not clamps: a second pass over the stored output.</summary>
    private void Activate(float* output, nint rowStride, in WinogradTile tile) => ActivationRow.Apply<TLanes>(output, tile.Columns, tile.Rows, rowStride, _problem.Activation);
}
