using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Packs weights for register tiles: for each panel <c>[input channel block][kernel position][step][vectors x lanes]</c>.</summary>
internal sealed unsafe class TiledPacker(ConvolutionProblem problem, OutputPanel[] panels, long length) : WeightPacker(problem, length)
{
    private protected override int Panels => panels.Length;

    private protected override void PackPanel(in FilterBank filters, int index)
    {
        OutputPanel panel = panels[index];
        int width = panel.Vectors * Problem.Output.Lanes;
        int firstOutput = panel.Block * Problem.Output.Lanes;
        int group = panel.FirstChannel / Problem.GroupInputChannels;
        Span<float> packed = Weights.Span.Slice(panel.Weights, panel.Steps * filters.Positions.Length * width);
        fixed (float* to = packed, from = filters.Weights)
        fixed (int* positions = filters.Positions)
        {
            for (int lane = 0; lane < width && firstOutput + lane < Problem.Output.Channels; lane++)
            {
                if (panel.Mask < 0 || (firstOutput + lane) / Problem.GroupOutputChannels == group)
                {
                    PackFilter(from + filters.First(firstOutput + lane), filters.InputStride, positions, filters.Positions.Length, panel, to + lane, width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackFilter(float* filter, nint inputStride, int* positions, int tapCount, in OutputPanel panel, float* to, nint width)
    {
        int lanes = Problem.Input.Lanes;
        int channels = panel.Steps;
        for (int start = 0; start < channels;)
        {
            // A group may begin in the middle of a block: its first range of channels ends with that block.
            int run = Math.Min(lanes - ((panel.FirstChannel + start) % lanes), channels - start);
            nint tapStride = run * width;
            for (int channel = 0; channel < run; channel++, filter += inputStride)
            {
                float* target = to + (channel * width);
                for (int position = 0; position < tapCount; position++, target += tapStride)
                {
                    *target = filter[positions[position]];
                }
            }

            to += tapCount * tapStride;
            start += run;
        }
    }
}
