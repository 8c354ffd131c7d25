using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Adds up the chunks of one unit and brings its weights into PyTorch's order.</summary>
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
        float[] total = new float[Geometry.Rows * 2 * TLanes.Count]; // a few kilobytes: the sums of one unit
        fixed (float* sum = total)
        {
            for (int index = FirstUnit; index < EndUnit; index++)
            {
                WeightUnit unit = Geometry.Units[index];
                AddChunks<TLanes>(sum, Sums + unit.Sums, Geometry.Rows * unit.Vectors * TLanes.Count);
                int width = unit.Vectors * TLanes.Count;
                int firstOutput = unit.OutputBlock * TLanes.Count;
                for (int lane = 0; lane < Math.Min(width, Forward.Output.Channels - firstOutput); lane++)
                {
                    WriteFilter(sum + lane, width, unit, firstOutput + lane);
                }
            }
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

    /// <summary>What one output channel has of the unit: all taps of the input channels that are in its group.</summary>
    private void WriteFilter(float* sum, int width, in WeightUnit unit, int output)
    {
        int taps = Forward.KernelHeight * Forward.KernelWidth;
        int lanes = Geometry.IsDepthwise ? 1 : Forward.Input.Lanes;
        int groupInputs = Forward.GroupInputChannels;
        int firstOfGroup = output / Forward.GroupOutputChannels * groupInputs;
        int firstOfBlock = Geometry.IsDepthwise ? output : unit.InputBlock * lanes;
        int first = Math.Max(firstOfGroup, firstOfBlock);
        int end = Math.Min(firstOfGroup + groupInputs, firstOfBlock + lanes);
        float* to = Weights + ((((nint)output * groupInputs) + first - firstOfGroup) * taps);
        nint step = lanes * width;
        for (int channel = first; channel < end; channel++)
        {
            float* from = sum + ((channel - firstOfBlock) * width);
            for (int tap = 0; tap < taps; tap++, to++, from += step)
            {
                *to = Accumulate ? *to + *from : *from;
            }
        }
    }
}
