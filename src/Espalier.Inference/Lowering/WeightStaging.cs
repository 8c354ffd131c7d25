using System.Collections.Concurrent;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Provides each layer's weights for packing, multiplied by the norm or factors after the layer.</summary>
/// <remarks>
/// Weights that change, are in a file, or are stored without their zeros are copied to a buffer that the next layer reuses. For a network read from a file,
/// memory therefore never holds more than the packed weights and one convolution per thread, or a few rows of a linear layer, which may be as large as all others together.
/// </remarks>
/// <param name="longest">Number of weights of the largest convolution.</param>
internal sealed class WeightStaging(long longest)
{
    private readonly ConcurrentBag<Memory<float>> _idle = [];

    /// <summary>Packs a layer's weights.</summary>
    /// <param name="weight">The weights in PyTorch's order.</param>
    /// <param name="bias">One bias per output channel, or empty for none.</param>
    internal delegate TPacked Packer<TPacked>(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias);

    /// <summary>Packs weights that are provided row by row.</summary>
    internal delegate TPacked RowPacker<TPacked>(LinearRows rows, ReadOnlySpan<float> bias);

    /// <summary>Packs the weights of a linear layer, with its norm.</summary>
    internal static TPacked PackRows<TPacked>(Model model, FusedNode group, RowPacker<TPacked> pack)
    {
        ChannelAffine? norm = group.Norm is null ? null : ChannelAffine.Of(model, group.Norm);
        Tensor weight = model.Value(group.Node, "weight").To(ElementType.Float32);
        int inputs = weight.Shape[1];
        return pack(Rows, Bias(model, group.Node, norm));

        void Rows(int first, Span<float> rows)
        {
            weight.CopyTo(first * inputs, rows);
            for (int row = 0; norm is not null && row < rows.Length / inputs; row++)
            {
                ScaleKernel.Scale(rows.Slice(row * inputs, inputs), norm.Scale[first + row]);
            }
        }
    }

    /// <summary>Packs the weights of a convolution, with its norm.</summary>
    internal TPacked Pack<TPacked>(Model model, FusedNode group, Packer<TPacked> pack)
    {
        ChannelAffine? norm = group.Norm is null ? null : ChannelAffine.Of(model, group.Norm);
        float[] bias = Bias(model, group.Node, norm);
        Tensor weight = model.Value(group.Node, "weight").To(ElementType.Float32);
        double? epsilon = ((Conv2d)group.Node.Op).StandardizationEpsilon;
        if (norm is null && epsilon is null && !weight.IsDeferred)
        {
            return pack(weight.Read<float>(), bias);
        }

        Memory<float> memory = _idle.TryTake(out Memory<float> idle) ? idle : AlignedMemory.Allocate<float>(longest);
        try
        {
            Span<float> staged = memory.Span[..(int)weight.Shape.Count];
            weight.CopyTo(staged);
            if (epsilon is double each)
            {
                WeightStandardization.Apply(staged, weight.Shape[0], each, norm is null ? [] : norm.Scale);
            }
            else
            {
                Scale(staged, norm);
            }

            return pack(staged, bias);
        }
        finally
        {
            _idle.Add(memory);
        }
    }

    // Rounded to float32 once, so the bits are the same as when the norm is folded into the model.
    private static void Scale(Span<float> weight, ChannelAffine? norm)
    {
        int row = norm is null ? 0 : weight.Length / norm.Channels;
        for (int channel = 0; channel < (norm?.Channels ?? 0); channel++)
        {
            ScaleKernel.Scale(weight.Slice(channel * row, row), norm!.Scale[channel]);
        }
    }

    private static float[] Bias(Model model, Node node, ChannelAffine? norm)
    {
        bool has = node.Op is Conv2d { Bias: true } or Linear { Bias: true };
        float[] own = has ? model.Value(node, "bias").To(ElementType.Float32).Read<float>().ToArray() : [];
        if (norm is null)
        {
            return own;
        }

        var bias = new float[norm.Channels];
        for (int channel = 0; channel < bias.Length; channel++)
        {
            bias[channel] = (float)(((has ? own[channel] : 0.0) * norm.Scale[channel]) + norm.Shift[channel]);
        }

        return bias;
    }
}
