using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Steps that move channels.</summary>
internal static class ChannelSteps
{
    internal static Step Slice(LoweringContext context, ChannelSlice op) =>
        Gather(context, [.. Enumerable.Range(op.Start, op.Count)]);

    internal static Step Shuffle(LoweringContext context, ChannelShuffle op) => Gather(context, op.Sources(context.Input.Layout.Channels));

    internal static Step Pad(LoweringContext context, PadChannels op)
    {
        int channels = context.Input.Layout.Channels;
        return Gather(context, [.. Enumerable.Repeat(ChannelKernel.Zero, op.Before), .. Enumerable.Range(0, channels), .. Enumerable.Repeat(ChannelKernel.Zero, op.After)]);
    }

    internal static Step Concat(LoweringContext context)
    {
        PlanValue y = context.Output;
        IReadOnlyList<(PlanValue Input, int First, int[] Sources)> copies =
            [.. ToCopy(context.Inputs, y).Select(copy => (copy.Input, copy.First, Enumerable.Range(0, copy.Input.Layout.Channels).ToArray()))];
        return context.Step("concat", (arena, part, parts) =>
        {
            foreach ((PlanValue input, int first, int[] sources) in copies)
            {
                ChannelKernel.Gather(arena[input], input.Layout, sources, first, arena[y], y.Layout, arena.Batch, part, parts);
            }
        });
    }

    /// <summary>The inputs of a concat that are not where they belong already, each with its first channel there.</summary>
    internal static IReadOnlyList<(PlanValue Input, int First)> ToCopy(PlanValue[] inputs, PlanValue output)
    {
        var copies = new List<(PlanValue, int)>();
        int first = 0;
        foreach (PlanValue input in inputs)
        {
            int place = output.Start + (first / output.Layout.Lanes * output.Layout.BlockStride);
            if (!ReferenceEquals(input.Whole, output.Whole ?? output) || input.Start != place)
            {
                copies.Add((input, first));
            }

            first += input.Layout.Channels;
        }

        return copies;
    }

    private static Step Gather(LoweringContext context, int[] sources)
    {
        (PlanValue x, PlanValue y) = (context.Input, context.Output);
        return context.Step(context.Group.Node.Op.Kind, (arena, part, parts) =>
            ChannelKernel.Gather(arena[x], x.Layout, sources, 0, arena[y], y.Layout, arena.Batch, part, parts));
    }
}
