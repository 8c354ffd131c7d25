using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A sparse convolution, packed.</summary>
/// <remarks>
/// A unit of work is one panel of output channels for one group of pixels. Consecutive units of one group are computed together: chunk by chunk
/// the group's input is gathered into scratch memory, pixels in lanes, and multiplied by the nonzeros of all output channels; finally
/// the sums are transposed to the blocked layout. An output's products are summed in the order of its nonzeros, for any split.
/// </remarks>
internal sealed unsafe class SparseConvolution<TLanes, TRows> : PackedConvolution
    where TLanes : unmanaged, ILanes<TLanes>
    where TRows : struct, ISparseRows<TLanes>
{
    // Bytes of sums, which are read and written again for each chunk: a quarter of a second-level cache of 1 MB.
    private const int SumsBytes = 256 * 1024;

    private readonly ConvolutionProblem _problem;
    private readonly SparseGeometry _geometry;
    private readonly SparseStream _stream;
    private readonly ReadOnlyMemory<float> _bias;
    private readonly (float Low, float High) _limits;
    private readonly int _panelBlocks;
    private readonly int _panelsAtOnce;

    /// <param name="problem">The convolution to compute.</param>
    /// <param name="geometry">How the map is cut.</param>
    /// <param name="stream">The nonzeros.</param>
    /// <param name="bias">One value for each output channel, padded to whole blocks.</param>
    internal SparseConvolution(in ConvolutionProblem problem, SparseGeometry geometry, SparseStream stream, ReadOnlyMemory<float> bias)
    {
        (_problem, _geometry, _stream, _bias) = (problem, geometry, stream, bias);
        _limits = problem.Activation.Limits ?? Activation.None.Limits!.Value;
        _panelBlocks = Math.Max(1, SparsePacker.PanelChannels / TLanes.Count);
        _panelsAtOnce = Math.Clamp(SumsBytes / (SumsOfBlock * _panelBlocks * sizeof(float)), 1, stream.Panels);
    }

    public override string KernelName => TRows.Name;

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes =>
        ((long)_stream.Quads.Length * sizeof(WeightQuad)) + ((long)_stream.Rows.Length * sizeof(SparseRow)) + ((long)_bias.Length * sizeof(float));

    public override int ScratchLength => checked(GatheredLength + (Math.Min(_panelsAtOnce * _panelBlocks, _problem.Output.Blocks) * SumsOfBlock) + (TLanes.Count * TLanes.Count));

    private int GatheredLength => checked((int)(_geometry.BlockLength * _geometry.ChunkBlocks));

    /// <summary>Floats of the sums of one block of output channels.</summary>
    private int SumsOfBlock => _geometry.Vectors * TLanes.Count * TLanes.Count;

    public override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_problem, batch), 1, Math.Max(1, (long)_geometry.Groups(batch) * _stream.Panels));

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        int groups = _geometry.Groups(operands.Batch);
        WorkSplit.Range(0, part, parts); // checks the part
        (int unit, int end) = (_stream.FirstUnit(groups, part, parts), _stream.FirstUnit(groups, part + 1, parts));
        var pixels = new SparseGroup(_problem, _geometry);
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output, scratch = operands.Scratch)
        fixed (float* bias = _bias.Span)
        {
            while (unit < end)
            {
                (int group, int panel) = Math.DivRem(unit, _stream.Panels);
                int endPanel = Math.Min(Math.Min(panel + _panelsAtOnce, _stream.Panels), panel + end - unit);
                pixels.MoveTo(group, operands.Batch);
                Multiply(input, scratch, pixels, panel, endPanel);
                Finish(scratch + GatheredLength, bias, _problem.Residual is null ? null : residual, output, pixels, panel, endPanel);
                unit += endPanel - panel;
            }
        }
    }

    private void Multiply(float* input, float* scratch, SparseGroup pixels, int firstPanel, int endPanel)
    {
        int sumsOfPanel = pixels.Vectors * TLanes.Count * TLanes.Count * _panelBlocks;
        delegate*<WeightQuad*, SparseRow*, int, float*, float*, bool, void> loop = TRows.Loop(pixels.Vectors);
        fixed (WeightQuad* quads = _stream.Quads)
        fixed (SparseRow* rows = _stream.Rows)
        {
            for (int chunk = 0; chunk < _stream.Chunks; chunk++)
            {
                Gather(input, scratch, pixels, chunk);
                float* sums = scratch + GatheredLength;
                for (int panel = firstPanel; panel < endPanel; panel++, sums += sumsOfPanel)
                {
                    SparseRun run = _stream[panel, chunk];
                    loop(quads + run.FirstQuad, rows + run.FirstRow, run.Rows, scratch, sums, chunk == 0);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(float* input, float* gathered, SparseGroup pixels, int chunk)
    {
        int rowsOfKernel = _problem.Kernel.Height;
        int rowLength = _geometry.Columns * TLanes.Count;
        nint channelStride = rowsOfKernel * rowLength;
        int tapStride = _problem.Dilation.Height * _problem.Input.RowStride;
        int first = chunk * _geometry.ChunkBlocks;
        int end = Math.Min(first + _geometry.ChunkBlocks, _problem.Input.Blocks);
        fixed (int* offsets = pixels.Inputs)
        {
            for (int block = first; block < end; block++, gathered += TLanes.Count * channelStride)
            {
                float* source = input + ((nint)block * _problem.Input.BlockStride);
                for (int row = 0; row < rowsOfKernel; row++)
                {
                    for (int column = 0; column < pixels.Columns; column++)
                    {
                        Transposition.Run<TLanes>(
                            source + (row * tapStride), offsets + (column * TLanes.Count), gathered + (row * rowLength) + (column * TLanes.Count), channelStride);
                    }
                }
            }
        }
    }

    /// <summary>Bias, residual and activation, in the blocked layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(float* sums, float* bias, float* residual, float* output, SparseGroup pixels, int firstPanel, int endPanel)
    {
        float* square = sums + (ScratchLength - GatheredLength - (TLanes.Count * TLanes.Count));
        int endBlock = Math.Min(endPanel * _panelBlocks, _problem.Output.Blocks);
        int stride = pixels.Vectors * TLanes.Count;
        bool clamps = _problem.Activation.Limits is not null;
        int* channels = stackalloc int[TLanes.Count];
        for (int channel = 0; channel < TLanes.Count; channel++)
        {
            channels[channel] = channel * stride;
        }

        fixed (int* outputs = pixels.Outputs, residuals = pixels.Residuals)
        {
            for (int block = firstPanel * _panelBlocks; block < endBlock; block++, sums += stride * TLanes.Count)
            {
                float* to = output + ((nint)block * _problem.Output.BlockStride);
                float* added = residual == null ? null : residual + ((nint)block * _problem.Residual!.Value.BlockStride);
                for (int vector = 0; vector < pixels.Vectors; vector++)
                {
                    Transposition.Run<TLanes>(sums + (vector * TLanes.Count), channels, square, TLanes.Count);
                    TLanes start = TLanes.Load(bias + (block * TLanes.Count));
                    int at = vector * TLanes.Count;
                    if (clamps)
                    {
                        Clamp(square, start, added, residuals + at, to, outputs + at);
                    }
                    else
                    {
                        Activate(square, start, added, residuals + at, to, outputs + at);
                    }
                }
            }
        }
    }

    /// <summary>Stores one vector of pixels with an activation that is a clamp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Clamp(float* square, TLanes bias, float* residual, int* residuals, float* output, int* outputs)
    {
        TLanes low = TLanes.Broadcast(_limits.Low);
        TLanes high = TLanes.Broadcast(_limits.High);
        for (int lane = 0; lane < TLanes.Count; lane++, square += TLanes.Count)
        {
            if (outputs[lane] != SparseGroup.None)
            {
                TLanes value = TLanes.Add(bias, TLanes.Load(square));
                value = residual == null ? value : TLanes.Add(value, TLanes.Load(residual + residuals[lane]));
                TLanes.Store(output + outputs[lane], TLanes.Min(high, TLanes.Max(low, value)));
            }
        }
    }

    /// <summary>The same for any activation; separate, because a possible function call would keep every vector in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate(float* square, TLanes bias, float* residual, int* residuals, float* output, int* outputs)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            float* sum = square + (lane * TLanes.Count);
            TLanes value = TLanes.Add(bias, TLanes.Load(sum));
            bool adds = residual != null && outputs[lane] != SparseGroup.None;
            TLanes.Store(sum, adds ? TLanes.Add(value, TLanes.Load(residual + residuals[lane])) : value);
        }

        ActivationRow.Apply<TLanes>(square, TLanes.Count, _problem.Activation);
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            if (outputs[lane] != SparseGroup.None)
            {
                TLanes.Store(output + outputs[lane], TLanes.Load(square + (lane * TLanes.Count)));
            }
        }
    }
}
