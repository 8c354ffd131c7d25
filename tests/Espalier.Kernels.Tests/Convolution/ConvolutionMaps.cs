using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>Plain arrays to the guarded, blocked memory of a convolution and back.</summary>
internal static class ConvolutionMaps
{
    /// <summary>Pixels in place, zeros in the border that is read, NaN in the border that is not, and finite rubbish in lanes without a channel.</summary>
    internal static GuardedBuffer Lay(in BlockedLayout layout, int batch, float[] values, Padding read)
    {
        const float Rubbish = 1e4f;
        var buffer = new GuardedBuffer(batch * layout.Length);
        int at = 0;
        for (int image = 0; image < batch; image++)
        {
            Span<float> span = buffer.Span.Slice(image * layout.Length, layout.Length);
            for (int channel = 0; channel < layout.Blocks * layout.Lanes; channel++)
            {
                for (int row = -read.Top; row < layout.Height + read.Bottom; row++)
                {
                    for (int column = -read.Left; column < layout.Width + read.Right; column++)
                    {
                        bool inside = row >= 0 && row < layout.Height && column >= 0 && column < layout.Width;
                        span[layout.Offset(channel, row, column)] = !inside ? 0 : channel >= layout.Channels ? Rubbish : values[at++];
                    }
                }
            }
        }

        return buffer;
    }

    /// <summary>The pixels as [image][channel][row][column]; asserts that the border was not written, and that lanes without a channel were.</summary>
    internal static float[] Collect(GuardedBuffer output, BlockedLayout layout, int batch)
    {
        var values = new float[batch * layout.Channels * layout.Height * layout.Width];
        int at = 0;
        for (int image = 0; image < batch; image++)
        {
            for (int channel = 0; channel < layout.Blocks * layout.Lanes; channel++)
            {
                for (int row = -layout.Border.Top; row < layout.Height + layout.Border.Bottom; row++)
                {
                    for (int column = -layout.Border.Left; column < layout.Width + layout.Border.Right; column++)
                    {
                        int index = (image * layout.Length) + layout.Offset(channel, row, column);
                        bool inside = row >= 0 && row < layout.Height && column >= 0 && column < layout.Width;
                        if (!inside && !output.IsUntouched(index))
                        {
                            Assert.Fail($"wrote into the border at ({row}, {column})");
                        }

                        if (inside && channel < layout.Channels)
                        {
                            values[at++] = output.Span[index];
                        }
                        else if (inside && output.IsUntouched(index))
                        {
                            Assert.Fail($"left a lane without a channel at ({row}, {column}) as it was, which may be NaN");
                        }
                    }
                }
            }
        }

        return values;
    }
}
