using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>A border with a value for each channel as ONNX has to spell it out, since its Pad has one value for all channels: a border of zeros, and the sum with a constant that is zero inside.</summary>
internal static class BorderValues
{
    /// <summary>The border's value of each channel, or <see langword="null"/> where the sum is something else.</summary>
    /// <param name="padded">What the constant is added to.</param>
    /// <param name="constant">The constant.</param>
    internal static Tensor? Of(DraftNode padded, Constant constant)
    {
        if (padded.Op is not Pad { Mode: PaddingMode.Zero } pad || (constant.Shape != padded.Shape && constant.Shape != padded.Shape.Prepend(1)))
        {
            return null;
        }

        var map = FeatureMap.Of(padded.Shape);
        Tensor border = Tensor.Zeros([map.Channels]);
        Span<float> values = border.Write<float>();
        var isKnown = new bool[map.Channels];
        for (int i = 0; i < constant.Elements.Length; i++)
        {
            (int channel, int pixel) = (i / map.Pixels, i % map.Pixels);
            Element element = constant.Elements[i];
            bool isInside = IsInside(pixel / map.Width, pixel % map.Width, map, pad.Padding);
            values[channel] = isInside || isKnown[channel] ? values[channel] : (float)element.Value;
            isKnown[channel] |= !isInside;
            if (element.IsBatch || (float)element.Value != (isInside ? 0 : values[channel]))
            {
                return null;
            }
        }

        return border;
    }

    private static bool IsInside(int row, int column, FeatureMap map, Padding padding) =>
        row >= padding.Top && row < map.Height - padding.Bottom && column >= padding.Left && column < map.Width - padding.Right;
}
