using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Adds the chunks of one unit and stores its weights in PyTorch's order.</summary>
internal readonly unsafe struct WeightReduction : ILanesJob
{
    internal required WeightGradientGeometry Geometry { get; init; }

    internal required ConvolutionProblem Forward { get; init; }

    internal required float* Sums { get; init; }

    internal required int Chunks { get; init; }

    internal required float* Weights { get; init; }

    internal required bool Accumulate { get; init; }

    internal required int FirstUnit { get; init; }

    internal required int EndUnit { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int rows = (Geometry.Rows + TLanes.Count - 1) / TLanes.Count * TLanes.Count; // whole squares to transpose
        float[] rented = ArrayPool<float>.Shared.Rent(2 * rows * 2 * TLanes.Count);
        int[] rentedOffsets = ArrayPool<int>.Shared.Rent(rows);
        fixed (float* sum = rented)
        fixed (int* offsets = rentedOffsets)
        {
            float* turned = sum + (rows * 2 * TLanes.Count);
            for (int index = FirstUnit; index < EndUnit; index++)
            {
                WeightUnit unit = Geometry.Units[index];
                int width = unit.Vectors * TLanes.Count;
                AddChunks<TLanes>(sum, Sums + unit.Sums, Geometry.Rows * width);
                SetOffsets(offsets, rows, width);
                for (int row = 0; row < rows; row += TLanes.Count)
                {
                    for (int vector = 0; vector < unit.Vectors; vector++)
                    {
                        Transposition.Run<TLanes>(sum + (vector * TLanes.Count), offsets + row, turned + (vector * TLanes.Count * rows) + row, rows);
                    }
                }

                int firstOutput = unit.OutputBlock * TLanes.Count;
                for (int lane = 0; lane < Math.Min(width, Forward.Output.Channels - firstOutput); lane++)
                {
                    WriteFilter<TLanes>(turned + (lane * rows), unit, firstOutput + lane);
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        ArrayPool<int>.Shared.Return(rentedOffsets);
    }

    /// <summary>The offsets of the sums of each weight of a filter, in the order of channels and kernel positions; entries after the last are not used.</summary>
    private void SetOffsets(int* offsets, int rows, int width)
    {
        int positions = Forward.Kernel.Area;
        int lanes = Geometry.Rows / positions;
        for (int row = 0; row < rows; row++)
        {
            (int channel, int position) = Math.DivRem(row, positions);
            offsets[row] = row < Geometry.Rows ? ((position * lanes) + channel) * width : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddChunks<TLanes>(float* total, float* sums, int length) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nint i = 0; i < length; i += TLanes.Count)
        {
            TLanes sum = TLanes.Load(sums + i);
            for (int chunk = 1; chunk < Chunks; chunk++)
            {
                sum = TLanes.Add(sum, TLanes.Load(sums + i + ((nint)chunk * Geometry.SumsLength)));
            }

            TLanes.Store(total + i, sum);
        }
    }

    /// <summary>Stores the weights that one output channel has in the unit: all kernel positions of the input channels in its group.</summary>
    private void WriteFilter<TLanes>(float* filter, in WeightUnit unit, int output) where TLanes : unmanaged, ILanes<TLanes>
    {
        int positions = Forward.Kernel.Area;
        int lanes = Geometry.IsDepthwise ? 1 : Forward.Input.Lanes;
        int groupInputs = Forward.GroupInputChannels;
        int firstOfGroup = output / Forward.GroupOutputChannels * groupInputs;
        int firstOfBlock = Geometry.IsDepthwise ? output : unit.InputBlock * lanes;
        int first = Math.Max(firstOfGroup, firstOfBlock);
        int length = (Math.Min(firstOfGroup + groupInputs, firstOfBlock + lanes) - first) * positions;
        float* from = filter + ((first - firstOfBlock) * positions);
        float* to = Weights + ((((nint)output * groupInputs) + first - firstOfGroup) * positions);
        int i = 0;
        for (; i + TLanes.Count <= length; i += TLanes.Count)
        {
            TLanes value = TLanes.Load(from + i);
            TLanes.Store(to + i, Accumulate ? TLanes.Add(TLanes.Load(to + i), value) : value);
        }

        for (; i < length; i++)
        {
            to[i] = Accumulate ? to[i] + from[i] : from[i];
        }
    }
}
