using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>A sparse convolution, packed.</summary>
/// <remarks>
/// The input of one group of pixels is gathered into scratch memory, pixels in lanes, where the nonzeros of every output channel stream over it; the
/// sums of one block of output channels are turned back into the blocked layout. A unit of work is one block of output channels of one group; units of one
/// group that follow each other share its gathered input. The sum of an output runs over its nonzeros in their order, whatever the split.
/// </remarks>
internal sealed unsafe class SparseConvolution<TLanes> : PackedConvolution where TLanes : unmanaged, ILanes<TLanes>
{
    private readonly ConvolutionProblem _problem;
    private readonly string _kernelName;
    private readonly SparseGeometry _geometry;
    private readonly Nonzero[] _nonzeros;
    private readonly int[] _starts;
    private readonly ReadOnlyMemory<float> _bias;
    private readonly (float Low, float High) _limits;
    private readonly delegate*<Nonzero*, Nonzero*, float*, float, float*, void> _row;

    /// <param name="problem">What to compute.</param>
    /// <param name="kernelName">The kernel that packed it.</param>
    /// <param name="geometry">How the map is cut.</param>
    /// <param name="nonzeros">The nonzeros of all output channels.</param>
    /// <param name="starts">Where those of each output channel start, and after them the end; channels that pad the last block have none.</param>
    /// <param name="bias">One number for each output channel, padded to whole blocks.</param>
    internal SparseConvolution(
        in ConvolutionProblem problem, string kernelName, SparseGeometry geometry, Nonzero[] nonzeros, int[] starts, ReadOnlyMemory<float> bias)
    {
        (_problem, _kernelName, _geometry) = (problem, kernelName, geometry);
        (_nonzeros, _starts, _bias) = (nonzeros, starts, bias);
        _limits = LaneActivation.Limits(problem.Activation.Kind);
        _row = SparseRow<TLanes>.ByVectors[geometry.Vectors - 1];
    }

    public override string KernelName => _kernelName;

    public override ConvolutionProblem Problem => _problem;

    public override long PackedBytes => ((long)_nonzeros.Length * sizeof(Nonzero)) + ((long)(_starts.Length + _bias.Length) * sizeof(float));

    public override int ScratchLength => checked((int)(_geometry.GatheredLength + SumsLength + (TLanes.Count * TLanes.Count)));

    private int SumsLength => _geometry.Vectors * TLanes.Count * TLanes.Count;

    public override int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_problem, batch), 1, Math.Max(1, (long)_geometry.Groups(batch) * _problem.Output.Blocks));

    public override void Run(in ConvolutionOperands operands, int part, int parts)
    {
        ProblemChecks.Require(_problem, operands, ScratchLength);
        (int first, int end) = WorkSplit.Range(checked(_geometry.Groups(operands.Batch) * _problem.Output.Blocks), part, parts);
        var pixels = new SparseGroup(_problem, _geometry);
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output, scratch = operands.Scratch)
        {
            float* sums = scratch + _geometry.GatheredLength;
            int gathered = -1;
            for (int unit = first; unit < end; unit++)
            {
                (int group, int block) = Math.DivRem(unit, _problem.Output.Blocks);
                if (group != gathered)
                {
                    pixels.MoveTo(group, operands.Batch);
                    Gather(input, scratch, pixels);
                    gathered = group;
                }

                Multiply(scratch, sums, block);
                Finish(sums, _problem.Residual is null ? null : residual, output, pixels, block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(float* input, float* gathered, SparseGroup pixels)
    {
        int columns = _geometry.Columns.Length;
        int rowsOfKernel = _problem.KernelHeight;
        nint channelStride = rowsOfKernel * columns * TLanes.Count;
        int tapStride = _problem.DilationHeight * _problem.Input.RowStride;
        fixed (int* offsets = pixels.Inputs)
        {
            for (int block = 0; block < _problem.Input.Blocks; block++)
            {
                float* target = gathered + (block * TLanes.Count * channelStride);
                for (int row = 0; row < rowsOfKernel; row++)
                {
                    float* source = input + ((nint)block * _problem.Input.BlockStride) + (row * tapStride);
                    for (int column = 0; column < columns; column++, target += TLanes.Count)
                    {
                        Transposition.Run<TLanes>(source, offsets + (column * TLanes.Count), target, channelStride);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* gathered, float* sums, int block)
    {
        int channel = block * TLanes.Count;
        int stride = _geometry.Vectors * TLanes.Count;
        fixed (Nonzero* nonzeros = &MemoryMarshal.GetArrayDataReference(_nonzeros))
        fixed (int* starts = _starts)
        fixed (float* bias = _bias.Span)
        {
            for (int end = channel + TLanes.Count; channel < end; channel++, sums += stride)
            {
                _row(nonzeros + starts[channel], nonzeros + starts[channel + 1], gathered, bias[channel], sums);
            }
        }
    }

    /// <summary>Residual and activation, in the blocked layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(float* sums, float* residual, float* output, SparseGroup pixels, int block)
    {
        float* square = sums + SumsLength;
        TLanes low = TLanes.Broadcast(_limits.Low);
        TLanes high = TLanes.Broadcast(_limits.High);
        bool clamps = LaneActivation.IsClamp(_problem.Activation.Kind);
        nint outputBlock = (nint)block * _problem.Output.BlockStride;
        nint residualBlock = (nint)block * (_problem.Residual?.BlockStride ?? 0);
        int* channels = stackalloc int[TLanes.Count];
        for (int channel = 0; channel < TLanes.Count; channel++)
        {
            channels[channel] = channel * _geometry.Vectors * TLanes.Count;
        }

        fixed (int* outputs = pixels.Outputs, residuals = pixels.Residuals)
        {
            for (int vector = 0; vector < _geometry.Vectors; vector++)
            {
                Transposition.Run<TLanes>(sums + (vector * TLanes.Count), channels, square, TLanes.Count);
                for (int lane = 0; lane < TLanes.Count; lane++)
                {
                    int at = (vector * TLanes.Count) + lane;
                    if (outputs[at] == SparseGroup.None)
                    {
                        continue;
                    }

                    TLanes value = TLanes.Load(square + (lane * TLanes.Count));
                    value = residual == null ? value : TLanes.Add(value, TLanes.Load(residual + residualBlock + residuals[at]));
                    value = clamps ? TLanes.Min(high, TLanes.Max(low, value)) : LaneActivation.Apply(_problem.Activation, value);
                    TLanes.Store(output + outputBlock + outputs[at], value);
                }
            }
        }
    }
}
