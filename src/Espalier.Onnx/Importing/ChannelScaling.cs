using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Factors and shifts of channels: a part of the layer that computes the value where that is exact, otherwise an op of their own.</summary>
internal static class ChannelScaling
{
    /// <summary>The values of a constant by channel, or <see langword="null"/> where it differs within a channel.</summary>
    /// <param name="constant">A constant that broadcasts to the value.</param>
    /// <param name="view">The value's view.</param>
    /// <param name="channels">Channels or features of the value.</param>
    internal static double[]? PerChannel(Constant constant, AxisView view, int channels)
    {
        int offset = view.Rank - constant.Shape.Rank;
        if (offset < 0 || constant.Elements.Any(element => element.IsBatch))
        {
            return null;
        }

        var values = new double[channels];
        int[] strides = ConstantLayout.Strides(constant.Shape);
        for (int axis = 0; axis < constant.Shape.Rank; axis++)
        {
            IReadOnlyList<AxisPart> parts = view.Dims[axis + offset];
            if (constant.Shape[axis] != 1 && (parts.Any(part => part.Axis != 0) || parts.Aggregate(1L, (product, part) => product * part.Extent) != constant.Shape[axis]))
            {
                return null;
            }
        }

        for (int channel = 0; channel < channels; channel++)
        {
            int index = 0;
            for (int axis = 0; axis < constant.Shape.Rank; axis++)
            {
                int at = view.Dims[axis + offset].Where(part => part.Axis == 0).Aggregate(0, (position, part) => (position * part.Extent) + (channel / part.Stride % part.Extent));
                index += constant.Shape[axis] == 1 ? 0 : at * strides[axis];
            }

            values[channel] = constant.Elements[index].Value;
        }

        return values;
    }

    /// <summary>A node of factor · value + shift, by channel.</summary>
    /// <param name="state">The import.</param>
    /// <param name="source">The ONNX node that multiplies or adds.</param>
    /// <param name="value">The value.</param>
    /// <param name="factors">A factor for each channel.</param>
    /// <param name="shifts">A shift for each channel.</param>
    /// <param name="isSole">Whether nothing else reads the value.</param>
    internal static DraftNode Apply(ImportState state, OnnxNode source, DraftNode value, double[] factors, double[] shifts, bool isSole)
    {
        if (isSole && TryJoin(value, factors, shifts))
        {
            return value;
        }

        int channels = value.Shape[0];
        bool hasShift = shifts.Any(shift => shift != 0);
        DraftNode node = state.Draft.Add(source, new Affine(channels, hasShift), value);
        node.Values["weight"] = Floats(factors);
        if (hasShift)
        {
            node.Values["bias"] = Floats(shifts);
        }

        return node;
    }

    private static bool TryJoin(DraftNode node, double[] factors, double[] shifts)
    {
        bool isShift = factors.All(factor => factor == 1);
        switch (node.Op)
        {
            case Conv2d { Bias: false } conv when isShift:
                NetworkDraft.Change(node, conv with { Bias = true }, node.Inputs);
                break;
            case Linear { Bias: false } linear when isShift:
                NetworkDraft.Change(node, linear with { Bias = true }, node.Inputs);
                break;
            case Affine { Bias: false } affine when isShift:
                NetworkDraft.Change(node, affine with { Bias = true }, node.Inputs);
                break;
            case GroupNorm or LayerNorm when All(node.Values["bias"], 0) && (isShift || All(node.Values["weight"], 1)):
                node.Values["weight"] = isShift ? node.Values["weight"] : Floats(factors);
                break;
            default:
                return false;
        }

        node.IsShareable = false;
        node.Values["bias"] = Floats(shifts);
        return true;
    }

    private static bool All(Tensor tensor, float value) => tensor.Read<float>().IndexOfAnyExcept(value) < 0;

    private static Tensor Floats(double[] values) => Tensor.From<float>([values.Length], Array.ConvertAll(values, value => (float)value));
}
