namespace Espalier.Kernels.Tests;

/// <summary>Plain arrays to guarded, blocked memory and back, written from <see cref="BlockedLayout.Offset"/> alone.</summary>
internal static class Maps
{
    // Lanes that hold no channel may hold any finite number; this one would show in any sum.
    internal const float PaddedLane = 1234.5f;

    internal static ImageShape Plain(BlockedLayout layout) => new(layout.Channels, layout.Height, layout.Width);

    internal static float[] Random(int length, ulong seed, double low = -2, double high = 2)
    {
        var random = new Tensors.CounterRandom(seed);
        return [.. Enumerable.Range(0, length).Select(i => (float)random.Uniform((ulong)i, low, high))];
    }

    internal static double[] Doubles(IEnumerable<float> values) => [.. values.Select(value => (double)value)];

    /// <summary>A value for each channel, padded to whole blocks with zeros.</summary>
    internal static float[] PerChannel(float[] values, BlockedLayout layout)
    {
        var padded = new float[layout.PaddedChannels];
        values.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>The plain images in blocked memory whose border is poison.</summary>
    internal static GuardedBuffer Block(float[] plain, BlockedLayout layout, int batch)
    {
        var buffer = new GuardedBuffer(batch * layout.Length);
        for (int n = 0; n < batch; n++)
        {
            foreach ((int c, int y, int x) in PaddedPixels(layout))
            {
                int from = (((((n * layout.Channels) + c) * layout.Height) + y) * layout.Width) + x;
                buffer.Span[(n * layout.Length) + layout.Offset(c, y, x)] = c < layout.Channels ? plain[from] : PaddedLane;
            }
        }

        return buffer;
    }

    /// <summary>The plain images of blocked memory; asserts that padded lanes are finite.</summary>
    internal static float[] Unblock(ReadOnlySpan<float> blocked, BlockedLayout layout, int batch)
    {
        var plain = new float[batch * Plain(layout).Length];
        for (int n = 0; n < batch; n++)
        {
            foreach ((int c, int y, int x) in PaddedPixels(layout))
            {
                float value = blocked[(n * layout.Length) + layout.Offset(c, y, x)];
                if (c < layout.Channels)
                {
                    plain[(((((n * layout.Channels) + c) * layout.Height) + y) * layout.Width) + x] = value;
                }
                else
                {
                    Assert.True(float.IsFinite(value), $"{layout}: padded lane {c} at ({y}, {x}) is {value}");
                }
            }
        }

        return plain;
    }

    /// <summary>Asserts that nothing was written to the border.</summary>
    internal static void AssertBorderIsPoison(ReadOnlySpan<float> blocked, BlockedLayout layout, int batch, string what)
    {
        int inside = batch * layout.PaddedChannels * layout.Height * layout.Width;
        int poisoned = 0;
        foreach (float value in blocked)
        {
            poisoned += GuardedBuffer.IsPoison(value) ? 1 : 0;
        }

        Assert.True(poisoned == blocked.Length - inside, $"{what}: {poisoned} of {blocked.Length - inside} border values are untouched");
    }

    private static IEnumerable<(int Channel, int Row, int Column)> PaddedPixels(BlockedLayout layout) =>
        from c in Enumerable.Range(0, layout.PaddedChannels)
        from y in Enumerable.Range(0, layout.Height)
        from x in Enumerable.Range(0, layout.Width)
        select (c, y, x);
}
