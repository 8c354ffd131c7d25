using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Steps that compute with single integers: sums, products, factors and shifts of channels, other scales, activations.</summary>
internal static class IntegerArithmeticSteps
{
    internal static Step Rescale(IntegerCall call) => LookUp(call, "rescale", Table(call, call.Input.Point));

    internal static Step Activate(IntegerCall call, Activation activation) =>
        LookUp(call, activation.Name, Array.ConvertAll(IntegerActivation.Values(activation, call.Input.Point, call.Point), call.Rounding.Round));

    internal static Step Add(IntegerCall call)
    {
        (IntegerInput a, IntegerInput b, PlanValue y) = (call.Inputs[0], call.Inputs[1], call.Output);
        (PlanValue first, PlanValue second) = (a.Value, b.Value);
        var addition = new IntegerAddition(a.ZeroPoint, Factor(call, a.Point.Scale), b.ZeroPoint, Factor(call, b.Point.Scale), call.Rounding);
        return call.Step("8-bit add", (arena, part, parts) => IntegerMaps.Add(
            addition, arena.Integers(first), first.Layout, arena.Integers(second), second.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step Multiply(IntegerCall call)
    {
        (IntegerInput a, IntegerInput b, PlanValue y, Requantization to) = (call.Inputs[0], call.Inputs[1], call.Output, call.Rounding);
        (PlanValue first, PlanValue second, byte firstZero, byte secondZero) = (a.Value, b.Value, a.ZeroPoint, b.ZeroPoint);
        float multiplier = Factor(call, (double)a.Point.Scale * b.Point.Scale);
        return call.Step("8-bit multiply", (arena, part, parts) => IntegerMaps.Multiply(
            firstZero, secondZero, multiplier, to, arena.Integers(first), first.Layout, arena.Integers(second), second.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    internal static Step ScaleShift(IntegerCall call)
    {
        (PlanValue x, PlanValue y, byte zeroPoint, Requantization to) = (call.Input.Value, call.Output, call.Input.ZeroPoint, call.Rounding);
        ChannelAffine affine = ChannelAffine.Of(call.Model, call.Body);
        float[] multipliers = new float[x.Layout.PaddedChannels], shifts = new float[x.Layout.PaddedChannels];
        for (int channel = 0; channel < affine.Channels; channel++)
        {
            multipliers[channel] = Factor(call, call.Input.Point.Scale * affine.Scale[channel]);
            shifts[channel] = Factor(call, affine.Shift[channel]);
        }

        return call.Step("8-bit scale and shift", (arena, part, parts) =>
            IntegerMaps.ScaleShift(zeroPoint, multipliers, shifts, to, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    private static Step LookUp(IntegerCall call, string name, byte[] table)
    {
        (PlanValue x, PlanValue y, byte zeroPoint) = (call.Input.Value, call.Output, call.Point.ZeroPoint);
        return call.Step($"8-bit {name}", (arena, part, parts) =>
            IntegerMaps.LookUp(table, zeroPoint, arena.Integers(x), x.Layout, arena.Integers(y), y.Layout, arena.Batch, part, parts));
    }

    /// <summary>The table from integers of another scale to those of the call's result.</summary>
    internal static byte[] Table(IntegerCall call, QuantizationPoint from) => IntegerTable.Rescale(from.ZeroPoint, Factor(call, from.Scale), call.Rounding);

    private static float Factor(IntegerCall call, double scale) => IntegerFactor.Of(scale / call.Point.Scale, call.Body);
}
