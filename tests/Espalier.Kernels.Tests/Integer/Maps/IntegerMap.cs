using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>A batch of maps between forbidden pages: random numbers, and other random ones in the border, in lanes without a channel and between the images.</summary>
internal sealed class IntegerMap : IDisposable
{
    private readonly GuardedPages<byte> _pages;

    internal IntegerMap(BlockedLayout layout, int batch, ulong seed)
    {
        var random = new CounterRandom(seed);
        (Layout, Batch) = (layout, batch);
        Plain = new byte[batch * Shape.Length];
        _pages = new GuardedPages<byte>(layout.LengthOf(batch), seed % 2 == 0);
        for (int i = 0; i < Plain.Length; i++)
        {
            Plain[i] = (byte)random.Below((ulong)i, 256);
        }

        for (int i = 0; i < _pages.Count; i++)
        {
            _pages.Span[i] = (byte)random.Below((ulong)(i + Plain.Length), 256);
        }

        IntegerRun.Block<byte>(Plain, _pages.Span, layout);
    }

    internal BlockedLayout Layout { get; }

    internal int Batch { get; }

    internal FeatureMap Shape => Maps.Plain(Layout);

    /// <summary>The numbers in row-major order.</summary>
    internal byte[] Plain { get; }

    internal Span<byte> Span => _pages.Span;

    public void Dispose() => _pages.Dispose();

    /// <summary>A layout with any border, perhaps a part of a larger map.</summary>
    internal static BlockedLayout RandomLayout(Dice dice, int channels, Size size, int lanes = 16)
    {
        Padding border = dice.Chance(0.4) ? Padding.None : new Padding(dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3), dice.Between(0, 3));
        var layout = new BlockedLayout(channels, size.Height, size.Width, lanes, border);
        return dice.Chance(0.3) ? layout with { ImageBlocks = layout.Blocks + dice.Between(0, 2) } : layout;
    }

    /// <summary>A layout of awkward size.</summary>
    internal static BlockedLayout RandomLayout(Dice dice) => RandomLayout(dice, dice.Between(1, 37), (dice.Between(1, 11), dice.Between(1, 19)));
}
