using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that move channels.</summary>
internal static class ChannelSteps
{
    internal static Step Slice(LoweringContext context, ChannelSlice op) =>
        Gather(context, [.. Enumerable.Range(op.Start, op.Count)]);

    internal static Step Shuffle(LoweringContext context, ChannelShuffle op)
    {
        int channels = context.Input.Layout.Channels;
        int each = channels / op.Groups;
        return Gather(context, [.. Enumerable.Range(0, channels).Select(o => (o % op.Groups * each) + (o / op.Groups))]);
    }

    internal static Step Pad(LoweringContext context, PadChannels op)
    {
        int channels = context.Input.Layout.Channels;
        return Gather(context, [.. Enumerable.Repeat(ChannelKernel.Zero, op.Before), .. Enumerable.Range(0, channels), .. Enumerable.Repeat(ChannelKernel.Zero, op.After)]);
    }

    internal static Step Concat(LoweringContext context)
    {
        (PlanValue[] inputs, PlanValue y) = (context.Inputs, context.Output);
        int[][] sources = [.. inputs.Select(input => Enumerable.Range(0, input.Layout.Channels).ToArray())];
        return context.Step("concat", (arena, part, parts) =>
        {
            int first = 0;
            for (int i = 0; i < inputs.Length; i++)
            {
                ChannelKernel.Gather(arena[inputs[i]], inputs[i].Layout, sources[i], first, arena[y], y.Layout, arena.Batch, part, parts);
                first += sources[i].Length;
            }
        });
    }

    private static Step Gather(LoweringContext context, int[] sources)
    {
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step(context.Group.Node.Op.Kind, (arena, part, parts) =>
            ChannelKernel.Gather(arena[x], x.Layout, sources, 0, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
