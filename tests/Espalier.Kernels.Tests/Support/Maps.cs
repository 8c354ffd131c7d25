using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>Plain arrays to guarded, blocked memory and back, written from <see cref="BlockedLayout.Offset"/> alone.</summary>
internal static class Maps
{
    // Lanes that hold no channel may hold any finite number; this one would show in any sum.
    internal const float PaddedLane = 1234.5f;

    internal static FeatureMap Plain(BlockedLayout layout) => new(layout.Channels, layout.Height, layout.Width);

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
        VisitElements(layout, batch, (from, to, holdsAChannel) => buffer.Span[to] = holdsAChannel ? plain[from] : PaddedLane);
        return buffer;
    }

    /// <summary>The plain images of blocked memory; asserts that padded lanes are finite.</summary>
    internal static float[] Unblock(GuardedBuffer blocked, BlockedLayout layout, int batch)
    {
        var plain = new float[batch * Plain(layout).Length];
        VisitElements(layout, batch, (to, from, holdsAChannel) =>
        {
            float value = blocked.Span[from];
            if (holdsAChannel)
            {
                plain[to] = value;
            }
            else if (!float.IsFinite(value))
            {
                Assert.Fail($"{layout}: a padded lane at offset {from} is {value}");
            }
        });
        return plain;
    }

    /// <summary>Asserts that nothing was written to the border.</summary>
    internal static void AssertBorderIsPoison(GuardedBuffer blocked, BlockedLayout layout, int batch, string what)
    {
        int inside = batch * layout.PaddedChannels * layout.Height * layout.Width;
        int poisoned = Enumerable.Range(0, blocked.Span.Length).Count(blocked.IsUntouched);
        int border = blocked.Span.Length - inside;
        Assert.True(poisoned == border, $"{what}: {poisoned} of {border} border values are untouched");
    }

    private delegate void ElementVisitor(int plain, int blocked, bool holdsAChannel);

    // Every element of every block: its index in the plain images and in the blocked ones.
    private static void VisitElements(BlockedLayout layout, int batch, ElementVisitor visit)
    {
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < layout.PaddedChannels; c++)
            {
                for (int y = 0; y < layout.Height; y++)
                {
                    int plain = ((((n * layout.Channels) + c) * layout.Height) + y) * layout.Width;
                    int blocked = (n * layout.Length) + layout.Offset(c, y, 0);
                    for (int x = 0; x < layout.Width; x++)
                    {
                        visit(plain + x, blocked + (x * layout.Lanes), c < layout.Channels);
                    }
                }
            }
        }
    }
}
