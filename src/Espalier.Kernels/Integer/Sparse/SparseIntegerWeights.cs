using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Those blocks of four adjacent input channels at one kernel position whose weights are not all zero.</summary>
/// <remarks>
/// Blocks of 16 input channels at one kernel position are the unit of what is gathered. They are cut into chunks whose gathered pixels stay in the first-level cache;
/// of each chunk there is a list of the blocks of weights of every output channel, one channel after the other. None of this depends on the size of images.
/// </remarks>
internal sealed class SparseIntegerWeights
{
    /// <summary>Input channels of a block of weights.</summary>
    internal const int BlockChannels = SumShape.QuadChannels;

    /// <summary>Blocks of weights of one output channel in 16 input channels at a kernel position.</summary>
    internal const int BlocksOfPosition = SumShape.Outputs / BlockChannels;

    private const int UndividedPositions = 32;
    private const int ChunkPositions = 24;
    private const int GatheredBytes = 28 * 1024; // of 32 KiB
    private const int LeastWidth = 4; // sums that do not wait for each other
    private const int MostVectors = 12;

    private SparseIntegerWeights(int positions, int chunks, int rows)
    {
        Chunks = chunks;
        PositionsOfChunk = (positions + chunks - 1) / chunks;
        Rows = rows;
    }

    /// <summary>Number of chunks of input channels and kernel positions.</summary>
    internal int Chunks { get; }

    /// <summary>Blocks of 16 input channels at one kernel position in a chunk; the last has the rest.</summary>
    internal int PositionsOfChunk { get; }

    /// <summary>Output channels, with those that fill the last block of 16.</summary>
    internal int Rows { get; }

    /// <summary>For each chunk and output channel: the number of its blocks.</summary>
    internal Memory<int> Counts { get; private set; }

    /// <summary>For each chunk and block of 16 output channels: its first block of weights; behind them their number.</summary>
    internal int[] Firsts { get; private set; } = [];

    /// <summary>For each block of weights: which four of the chunk's gathered channels it multiplies.</summary>
    internal Memory<ushort> Places { get; private set; }

    /// <summary>Four weights for each block.</summary>
    internal Memory<sbyte> Values { get; private set; }

    internal long Bytes => ((long)Counts.Length * sizeof(int)) + ((long)Firsts.Length * sizeof(int)) + ((long)Places.Length * sizeof(ushort)) + Values.Length;

    /// <summary>The most vectors of 16 pixels whose gathered inputs stay in the first-level cache.</summary>
    internal int LargestWidth => WidthOf(PositionsOfChunk);

    /// <summary>The first block of weights of a chunk for a block of 16 output channels.</summary>
    internal int First(int chunk, int block) => Firsts[(chunk * (Rows / SumShape.Outputs)) + block];

    /// <summary>The number of chunks of so many blocks of 16 input channels at kernel positions, and the most vectors of pixels.</summary>
    internal static (int Chunks, int Width) Division(int positions)
    {
        int chunks = positions <= UndividedPositions ? 1 : (positions + ChunkPositions - 1) / ChunkPositions;
        return (chunks, WidthOf((positions + chunks - 1) / chunks));
    }

    private static int WidthOf(int positionsOfChunk) => Math.Clamp(GatheredBytes / (positionsOfChunk * BlocksOfPosition * SparseSums.VectorBytes), LeastWidth, MostVectors);

    /// <summary>Packs the blocks that are not zero.</summary>
    internal static SparseIntegerWeights Pack(in ConvolutionProblem problem, ReadOnlySpan<sbyte> weights)
    {
        int area = problem.Kernel.Area, inputs = problem.Input.Channels, outputs = problem.Output.Channels;
        int positions = problem.Input.Blocks * area;
        int chunks = Division(positions).Chunks;
        var packed = new SparseIntegerWeights(positions, chunks, problem.Output.PaddedChannels);
        int blocks = CountBlocks(weights, outputs, inputs, area);
        packed.Counts = AlignedMemory.Allocate<int>(chunks * (long)packed.Rows);
        packed.Places = AlignedMemory.Allocate<ushort>(blocks);
        packed.Values = AlignedMemory.Allocate<sbyte>((long)blocks * BlockChannels);
        packed.Firsts = new int[(chunks * (packed.Rows / SumShape.Outputs)) + 1];
        int next = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            for (int row = 0; row < packed.Rows; row++)
            {
                if (row % SumShape.Outputs == 0)
                {
                    packed.Firsts[(chunk * (packed.Rows / SumShape.Outputs)) + (row / SumShape.Outputs)] = next;
                }

                int before = next;
                if (row < outputs)
                {
                    packed.AddRow(weights.Slice(row * inputs * area, inputs * area), area, chunk * packed.PositionsOfChunk, Math.Min(positions, (chunk + 1) * packed.PositionsOfChunk), ref next);
                }

                packed.Counts.Span[(chunk * packed.Rows) + row] = next - before;
            }
        }

        packed.Firsts[^1] = next;
        return packed;
    }

    /// <summary>The number of blocks that are not all zero.</summary>
    internal static int CountBlocks(ReadOnlySpan<sbyte> weights, int outputs, int inputs, int area)
    {
        int count = 0;
        for (int output = 0; output < outputs; output++)
        {
            ReadOnlySpan<sbyte> filter = weights.Slice(output * inputs * area, inputs * area);
            for (int input = 0; input < inputs; input += BlockChannels)
            {
                for (int position = 0; position < area; position++)
                {
                    count += IsZero(filter, area, input, position) ? 0 : 1;
                }
            }
        }

        return count;
    }

    private void AddRow(ReadOnlySpan<sbyte> filter, int area, int firstPosition, int endPosition, ref int next)
    {
        for (int position = firstPosition; position < endPosition; position++)
        {
            (int inputBlock, int kernelPosition) = Math.DivRem(position, area);
            for (int quad = 0; quad < BlocksOfPosition; quad++)
            {
                int input = (inputBlock * SumShape.Outputs) + (quad * BlockChannels);
                if (input * area >= filter.Length || IsZero(filter, area, input, kernelPosition))
                {
                    continue;
                }

                Places.Span[next] = checked((ushort)(((position - firstPosition) * BlocksOfPosition) + quad));
                for (int i = 0; i < BlockChannels && (input + i) * area < filter.Length; i++)
                {
                    Values.Span[(next * BlockChannels) + i] = filter[((input + i) * area) + kernelPosition];
                }

                next++;
            }
        }
    }

    private static bool IsZero(ReadOnlySpan<sbyte> filter, int area, int input, int position)
    {
        for (int i = 0; i < BlockChannels && (input + i) * area < filter.Length; i++)
        {
            if (filter[((input + i) * area) + position] != 0)
            {
                return false;
            }
        }

        return true;
    }
}
