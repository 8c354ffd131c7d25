using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>16 or 32 adjacent output channels of an 8-bit convolution and the input channels that they read.</summary>
/// <param name="Block">The first block of 16 output channels.</param>
/// <param name="Vectors">Blocks of output channels: 1 or 2.</param>
/// <param name="InputBlock">The first block of input channels.</param>
/// <param name="FullBlocks">Blocks of input channels with all quads of four.</param>
/// <param name="LastQuads">Quads of a block behind the full ones.</param>
/// <param name="Weights">Offset of the packed weights in bytes.</param>
internal readonly record struct IntegerPanel(int Block, int Vectors, int InputBlock, int FullBlocks, int LastQuads, int Weights)
{
    /// <summary>The panels of a convolution: pairs of blocks, and single ones where groups are so narrow that a pair would read twice as many inputs.</summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="pattern">How inputs and outputs are paired; those of <see cref="BlockPacking"/> have a panel for each block.</param>
    internal static IntegerPanel[] Of(in ConvolutionProblem problem, SumPattern pattern)
    {
        if (BlockPacking.Serves(pattern))
        {
            int bytes = BlockPacking.BytesOf(problem, pattern);
            return [.. Enumerable.Range(0, problem.Output.Blocks).Select(block => new IntegerPanel(block, 1, block, 1, 0, checked(block * bytes)))];
        }

        int lanes = problem.Input.Lanes;
        int quads = QuadsOf(problem);
        int most = problem.Groups == 1 || problem.GroupOutputChannels % (2 * SumShape.Outputs) == 0 ? 2 : 1;
        var panels = new List<IntegerPanel>();
        int weights = 0;
        for (int block = 0; block < problem.Output.Blocks; block += most)
        {
            int vectors = Math.Min(most, problem.Output.Blocks - block);
            int lastOutput = Math.Min((block + vectors) * SumShape.Outputs, problem.Output.Channels) - 1;
            int firstInput = block * SumShape.Outputs / problem.GroupOutputChannels * problem.GroupInputChannels;
            int endInput = ((lastOutput / problem.GroupOutputChannels) + 1) * problem.GroupInputChannels;
            int inputBlock = firstInput / lanes;
            int allQuads = PixelRow.Serves(problem) ? quads : (endInput - (inputBlock * lanes) + SumShape.QuadChannels - 1) / SumShape.QuadChannels;
            panels.Add(new IntegerPanel(block, vectors, inputBlock, allQuads / quads, allQuads % quads, weights));
            weights = checked(weights + panels[^1].BytesOf(problem, pattern));
        }

        return [.. panels];
    }

    /// <summary>Quads of a block of input channels at a kernel position, or of a row of the kernel (<see cref="PixelRow"/>).</summary>
    internal static int QuadsOf(in ConvolutionProblem problem) => PixelRow.Serves(problem) ? PixelRow.QuadsOf(problem) : problem.Input.Lanes / SumShape.QuadChannels;

    /// <summary>Bytes of the packed weights.</summary>
    internal int BytesOf(in ConvolutionProblem problem, SumPattern pattern) => BlockPacking.Serves(pattern)
        ? BlockPacking.BytesOf(problem, pattern)
        : checked(((FullBlocks * QuadsOf(problem)) + LastQuads) * PositionsOf(problem) * StepBytes(pattern));

    /// <summary>Packs the panel's weights: zeros for channels that do not exist or belong to another group.</summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="pattern">How inputs and outputs are paired.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="packed">The packed weights of all panels, zero before.</param>
    internal void Pack(in ConvolutionProblem problem, SumPattern pattern, ReadOnlySpan<sbyte> weights, Span<sbyte> packed)
    {
        if (BlockPacking.Serves(pattern))
        {
            BlockPacking.Pack(problem, pattern, Block, weights, packed.Slice(Weights, BytesOf(problem, pattern)));
            return;
        }

        if (pattern == SumPattern.Quads && problem.Groups == 1 && !PixelRow.Serves(problem))
        {
            PackDense(problem, weights, packed[Weights..]);
            return;
        }

        int quads = QuadsOf(problem);
        int at = Weights;
        for (int block = 0; block < FullBlocks + (LastQuads > 0 ? 1 : 0); block++)
        {
            int quadsHere = block < FullBlocks ? quads : LastQuads;
            for (int step = 0; step < PositionsOf(problem) * quadsHere; step++, at += StepBytes(pattern))
            {
                (int position, int quad) = Math.DivRem(step, quadsHere);
                Span<sbyte> to = packed.Slice(at, StepBytes(pattern));
                for (int within = 0; within < SumShape.QuadChannels; within++)
                {
                    (int channel, int tap) = (((InputBlock + block) * problem.Input.Lanes) + (quad * SumShape.QuadChannels) + within, position);
                    if (PixelRow.Serves(problem))
                    {
                        (channel, int column) = PixelRow.Source(problem, quad, within);
                        tap = (position * problem.Kernel.Width) + column;
                    }

                    PackChannel(problem, pattern, weights, to, within, channel, tap);
                }
            }
        }
    }

    /// <summary>
    /// Bytes from the input of a pixel at the first kernel position, in the panel's first block, to the four inputs of each step of <see cref="SumPattern.Quads"/> and <see cref="SumPattern.WordQuads"/>, in the order of the packed weights;
    /// for the patterns of <see cref="BlockPacking"/>, to each kernel position.
    /// </summary>
    internal int[] Offsets(in ConvolutionProblem problem, SumPattern pattern)
    {
        if (BlockPacking.Serves(pattern))
        {
            return BlockPacking.Offsets(problem);
        }

        int quads = QuadsOf(problem), positions = PositionsOf(problem);
        SumShape shape = BlockPacking.ShapeOf(problem, pattern, this, 1, null);
        var offsets = new int[positions * ((FullBlocks * quads) + LastQuads)];
        for (int i = 0; i < offsets.Length; i++)
        {
            (int block, int step) = Math.DivRem(i, positions * quads);
            (int position, int quad) = Math.DivRem(step, block < FullBlocks ? quads : LastQuads);
            (int row, int column) = Math.DivRem(position, shape.KernelWidth);
            offsets[i] = (block * problem.Input.BlockStride) + (row * problem.Dilation.Height * problem.Input.RowStride)
                + (column * shape.TapColumnStride) + shape.QuadOffset(quad);
        }

        return offsets;
    }

    /// <summary>Kernel positions, or rows where a row is a sequence of bytes.</summary>
    private static int PositionsOf(in ConvolutionProblem problem) => PixelRow.Serves(problem) ? problem.Kernel.Height : problem.Kernel.Area;

    private int StepBytes(SumPattern pattern) => new SumShape(1, Vectors, 0, 1, 0, 1, 0) { Pattern = pattern }.StepBytes;

    /// <summary>Without groups, filter by filter, so that weights are read in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackDense(in ConvolutionProblem problem, ReadOnlySpan<sbyte> weights, Span<sbyte> packed)
    {
        int inputs = problem.Input.Channels, area = problem.Kernel.Area, quads = problem.Input.Lanes / SumShape.QuadChannels, step = StepBytes(SumPattern.Quads);
        int first = Block * SumShape.Outputs, end = Math.Min(first + (Vectors * SumShape.Outputs), problem.Output.Channels);
        for (int output = first; output < end; output++)
        {
            ReadOnlySpan<sbyte> filter = weights.Slice(output * inputs * area, inputs * area);
            Span<sbyte> own = packed[((output - first) * SumShape.QuadChannels)..];
            for (int channel = 0; channel < inputs; channel += SumShape.QuadChannels)
            {
                (int block, int quad) = Math.DivRem(channel / SumShape.QuadChannels, quads);
                int quadsHere = block < FullBlocks ? quads : LastQuads, channels = Math.Min(SumShape.QuadChannels, inputs - channel);
                int at = ((block * area * quads) + quad) * step;
                for (int position = 0; position < area; position++, at += quadsHere * step)
                {
                    for (int within = 0; within < channels; within++)
                    {
                        own[at + within] = filter[((channel + within) * area) + position];
                    }
                }
            }
        }
    }

    /// <summary>One of the four input channels of a step, for each output of the panel.</summary>
    private void PackChannel(in ConvolutionProblem problem, SumPattern pattern, ReadOnlySpan<sbyte> weights, Span<sbyte> packed, int within, int channel, int tap)
    {
        (int inputs, int outputs, int area) = (problem.GroupInputChannels, problem.GroupOutputChannels, problem.Kernel.Area);
        int first = Block * SumShape.Outputs;
        int end = Math.Min(first + (Vectors * SumShape.Outputs), problem.Output.Channels);
        for (int output = first; output < end; output++)
        {
            int own = channel - (output / outputs * inputs);
            if ((uint)own >= (uint)inputs)
            {
                continue;
            }

            sbyte weight = weights[(((output * inputs) + own) * area) + tap];
            if (pattern == SumPattern.Quads)
            {
                packed[((output - first) * SumShape.QuadChannels) + within] = weight;
            }
            else
            {
                (int vector, int lane) = Math.DivRem(output - first, SumShape.Outputs);
                MemoryMarshal.Cast<sbyte, short>(packed)[(((vector * 2) + (within % 2)) * 2 * SumShape.Outputs) + (lane * 2) + (within / 2)] = weight;
            }
        }
    }
}
