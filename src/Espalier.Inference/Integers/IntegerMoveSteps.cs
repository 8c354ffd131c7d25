using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps that move 8-bit integers: concats, also of other scales, slices, shuffles, padding, flattening.</summary>
internal static class IntegerMoveSteps
{
    /// <summary>Copies those inputs that are not where they belong already; those of another scale through a table.</summary>
    internal static Step Concat(IntegerCall call)
    {
        PlanValue[] inputs = [.. call.Inputs.Select(input => input.Value)];
        IReadOnlyList<int> copied = ConcatSteps.ToCopy(inputs, call.Output);
        int[] firsts = new int[inputs.Length];
        for (int i = 1; i < firsts.Length; i++)
        {
            firsts[i] = firsts[i - 1] + inputs[i - 1].Layout.Channels;
        }

        return call.Step("8-bit concat", Gathers(call, [.. copied.Select(i => new Move(inputs[i], [.. Enumerable.Range(0, inputs[i].Layout.Channels)], firsts[i], TableOf(call, i)))]));
    }

    internal static Step Gather(IntegerCall call) =>
        call.Step($"8-bit {call.Node.Op.Kind}", Gathers(call, [new Move(call.Input.Value, ChannelSources.Of(call.Node.Op, [call.Input.Layout])[0], 0, [])]));

    internal static Step Flatten(IntegerCall call)
    {
        (PlanValue x, PlanValue y, byte zeroPoint) = (call.Input.Value, call.Output, call.Point.ZeroPoint);
        return call.Step("8-bit flatten", (arena, part, parts) =>
            IntegerMaps.Flatten(zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step Pad(IntegerCall call, Pad op)
    {
        (PlanValue x, PlanValue y, byte zeroPoint) = (call.Input.Value, call.Output, call.Point.ZeroPoint);
        (Padding padding, PaddingMode mode) = (op.Padding, op.Mode);
        return call.Step("8-bit pad", mode.IsRepeated()
            ? (arena, part, parts) => IntegerMaps.EdgePad(mode, padding, zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts)
            : (arena, part, parts) => IntegerMaps.Pad(padding, zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    private static byte[] TableOf(IntegerCall call, int input) =>
        call.Region is null ? [] : IntegerArithmeticSteps.Table(call, call.Inputs[input].Point);

    private static StepWork Gathers(IntegerCall call, Move[] moves)
    {
        (PlanValue y, byte zeroPoint) = (call.Output, call.Point.ZeroPoint);
        bool sharesBlocks = moves.Length > 1 && Array.Exists(moves, move => move.First % y.Layout.Lanes != 0);
        return (arena, part, parts) =>
        {
            if (sharesBlocks)
            {
                // Two moves write channels of one block, whole blocks at a time, so one thread makes both.
                if (part > 0)
                {
                    return;
                }

                parts = 1;
            }

            foreach (Move move in moves)
            {
                IntegerMaps.Gather(move.Sources, move.First, move.Table, zeroPoint, arena.Integers(move.From), move.From.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts);
            }
        };
    }

    private sealed record Move(PlanValue From, int[] Sources, int First, byte[] Table);
}
