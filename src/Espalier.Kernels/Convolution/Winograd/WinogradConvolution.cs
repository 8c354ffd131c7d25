using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>A Winograd convolution, packed.</summary>
/// <remarks>
/// A block of tiles is transformed into scratch memory, where for each frequency it is a matrix of [input channels][tiles], which the register tiles of
/// the 1x1 convolution multiply with the weights of that frequency. A unit of work is one panel of output channels over one block;
/// units of one block that follow each other share its transformed input.
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
        _limits = LaneActivation.Limits(problem.Activation.Kind);
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
            int transformed = -1;
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
        }
    }

    private int PanelFloats => 2 * TLanes.Count * _problem.Input.Channels * _geometry.Frequencies;

    /// <summary>Whether the panel is only one vector wide, as the last may be.</summary>
    private bool IsSingle(int panel) => (2 * panel) + 1 == _problem.Output.Blocks;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformInput(float* input, float* target, float* working, int firstTile, int endTile)
    {
        int side = TTransform.Outputs + 2;
        BlockedLayout layout = _problem.Input;
        float* patch = working + (_geometry.Frequencies * TLanes.Count);
        for (int tile = firstTile; tile < endTile; tile++)
        {
            (int image, int place) = Math.DivRem(tile, _geometry.Tiles);
            (int row, int column) = Math.DivRem(place, _geometry.TileColumns);
            (row, column) = (row * TTransform.Outputs, column * TTransform.Outputs);
            float* source = input + ((long)image * layout.Length) + layout.Offset(0, row - _problem.PadTop, column - _problem.PadLeft);
            float* result = target + ((tile - firstTile) * TLanes.Count);
            int rows = Math.Min(side, _problem.Output.Height + 2 - row);
            int columns = Math.Min(side, _problem.Output.Width + 2 - column);
            for (int block = 0; block < layout.Blocks; block++)
            {
                if (rows == side && columns == side)
                {
                    TransformTile(source, layout.RowStride, working, result);
                }
                else
                {
                    Copy(source, rows, columns, patch);
                    TransformTile(patch, side * TLanes.Count, working, result);
                }

                source += layout.BlockStride;
                result += _geometry.BlockTiles * TLanes.Count;
            }
        }
    }

    /// <summary>What the convolution reads of a tile that reaches over the edge, and zeros instead of what lies beyond.</summary>
    private void Copy(float* source, int rows, int columns, float* patch)
    {
        int side = TTransform.Outputs + 2;
        new Span<float>(patch, side * side * TLanes.Count).Clear();
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(source + (row * _problem.Input.RowStride), columns * TLanes.Count)
                .CopyTo(new Span<float>(patch + (row * side * TLanes.Count), columns * TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformTile(float* source, nint rowStride, float* half, float* target)
    {
        int side = TTransform.Outputs + 2;
        for (int column = 0; column < side; column++)
        {
            TTransform.InputLine(source + (column * TLanes.Count), rowStride, half + (column * TLanes.Count), side * TLanes.Count);
        }

        nint frequency = _geometry.InputStride;
        for (int row = 0; row < side; row++)
        {
            TTransform.InputLine(half + (row * side * TLanes.Count), TLanes.Count, target + (row * side * frequency), frequency);
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
    private void TransformOutput(float* products, float* working, float* bias, float* residual, float* output, int panel, int firstTile, int endTile)
    {
        BlockedLayout layout = _problem.Output;
        BlockedLayout residualLayout = _problem.Residual ?? layout;
        float* result = working + (_geometry.Frequencies * TLanes.Count);
        int endBlock = Math.Min(layout.Blocks, (2 * panel) + 2);
        for (int block = 2 * panel; block < endBlock; block++, products += _geometry.BlockTiles * TLanes.Count)
        {
            for (int tile = firstTile; tile < endTile; tile++)
            {
                (int image, int place) = Math.DivRem(tile, _geometry.Tiles);
                (int row, int column) = Math.DivRem(place, _geometry.TileColumns);
                (row, column) = (row * TTransform.Outputs, column * TTransform.Outputs);
                int channel = block * TLanes.Count;
                float* to = output + ((long)image * layout.Length) + layout.Offset(channel, row, column);
                float* added = residual == null ? null : residual + ((long)image * residualLayout.Length) + residualLayout.Offset(channel, row, column);
                TransformProducts(products + ((tile - firstTile) * TLanes.Count), working, result);
                Finish(
                    result, bias + channel, added, residualLayout.RowStride, to, layout.RowStride,
                    Math.Min(TTransform.Outputs, layout.Height - row), Math.Min(TTransform.Outputs, layout.Width - column));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformProducts(float* products, float* half, float* result)
    {
        int side = TTransform.Outputs + 2;
        nint frequency = _geometry.ProductStride;
        for (int column = 0; column < side; column++)
        {
            TTransform.OutputLine(products + (column * frequency), side * frequency, half + (column * TLanes.Count), side * TLanes.Count);
        }

        for (int row = 0; row < TTransform.Outputs; row++)
        {
            TTransform.OutputLine(half + (row * side * TLanes.Count), TLanes.Count, result + (row * TTransform.Outputs * TLanes.Count), TLanes.Count);
        }
    }

    /// <summary>Bias, residual and activation, and only those pixels that lie within the map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(float* result, float* bias, float* residual, nint residualRow, float* output, nint outputRow, int rows, int columns)
    {
        TLanes start = TLanes.Load(bias);
        TLanes low = TLanes.Broadcast(_limits.Low);
        TLanes high = TLanes.Broadcast(_limits.High);
        bool clamps = LaneActivation.IsClamp(_problem.Activation.Kind);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                TLanes value = TLanes.Add(start, TLanes.Load(result + (((row * TTransform.Outputs) + column) * TLanes.Count)));
                value = residual == null ? value : TLanes.Add(value, TLanes.Load(residual + (row * residualRow) + (column * TLanes.Count)));
                value = clamps ? TLanes.Min(high, TLanes.Max(low, value)) : LaneActivation.Apply(_problem.Activation, value);
                TLanes.Store(output + (row * outputRow) + (column * TLanes.Count), value);
            }
        }
    }
}
